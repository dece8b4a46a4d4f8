import Ledger
import Vocabulary

/// What `quantctl history` says.
struct HistoryAnswer: Answer {
    struct Document: Encodable {
        let schemaVersion = 1
        let runs: [Record]
        /// Whether there are more that match.
        let more: Bool
    }

    let runs: [RunSummary]
    /// Whether there are more that match.
    let hasMore: Bool
    /// Whether someone said how many there are to be; who did knows that there may be more.
    let isLimited: Bool

    var document: Document { Document(runs: runs.map(\.record), more: hasMore) }
    var records: Records { Records(runs) }

    func lines(on page: Page) -> [Phrase] {
        guard !runs.isEmpty else { return ["no runs"] }
        let more: [Phrase] = ["", Phrase("the latest \(runs.count); -n or --all shows more", .faint)]
        return RunTable.table(runs).lines(width: page.width) + (hasMore && !isLimited ? more : [])
    }
}
