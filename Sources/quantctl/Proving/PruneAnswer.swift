import Ledger
import Reporting
import Vocabulary

/// What `quantctl prune` says.
struct PruneAnswer: Answer {
    struct Document: Encodable {
        let schemaVersion = 1
        let runs: [Record]
        let request: Record?
    }

    /// What may go.
    let runs: [PrunableRun]
    /// What came of asking; nil where nobody was asked.
    let request: AskedRequest?

    var document: Document { Document(runs: runs.map(\.record), request: request?.record) }
    var records: Records { Records(runs) }

    func lines(on page: Page) -> [Phrase] {
        if let request { return request.outcome.phrase.wrapped(to: page.width) }
        guard !runs.isEmpty else { return ["nothing to prune"] }
        var table = TextTable([
            .number("RUN"), .text("MODEL", least: 16), .word("STATUS"), .word("ENDED", rank: 0), .number("SIZE"),
        ])
        for run in runs {
            table.add([
                "\(run.run)", "\(run.model)", run.status.phrase, Phrase(Figures.clock(run.finished)),
                Phrase(Figures.bytes(Int(run.bytes))),
            ])
        }
        let sum: Phrase = """
            \(runs.count) \(runs.count == 1 ? "run" : "runs"), \(Figures.bytes(Int(clamping: bytes))) of weights; nothing was \
            removed, --apply does it
            """
        return [table.lines(width: page.width), sum.wrapped(to: page.width)].separated()
    }

    private var bytes: Int64 {
        runs.reduce(0) { sum, run in
            let (total, overflow) = sum.addingReportingOverflow(run.bytes)
            return overflow ? .max : total
        }
    }
}

extension PrunableRun: Recordable {
    static let fields: [Field<PrunableRun>] = [
        .integer("run") { $0.run },
        .text("model") { $0.model.text },
        .text("status") { $0.status.rawValue },
        .time("finished") { $0.finished },
        .bytes("bytes") { $0.bytes },
    ]
}
