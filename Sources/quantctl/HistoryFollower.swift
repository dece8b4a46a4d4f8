import Foundation
import Ledger
import SystemPackage
import Vocabulary

#if canImport(Glibc)
    import Glibc
#endif

/// `quantctl history --follow`: a line for each run that is there, and for whatever happens to one from now on.
///
/// Each look is one short transaction, and most are no more than the question whether anything has changed, so the writer
/// is never held up. While the ledger cannot be read, because it is being restored or its disk is away, it waits.
struct HistoryFollower {
    private let query: HistoryQuery
    private let past: Int?
    private let options: LedgerOptions
    private let page: Page

    /// The pause between two looks.
    private static let pause: useconds_t = 200_000

    /// - Parameter past: how many runs that are there already are shown; nil for all.
    init(_ query: HistoryQuery, past: Int?, _ options: LedgerOptions) {
        self.query = query
        self.past = past
        self.options = options
        page = options.output.page()
    }

    /// Goes on until it is ended by a signal.
    func run(_ ledger: LedgerReader) throws {
        // The mark is older than the list: what happens in between is told twice rather than not at all.
        var mark = try ledger.mark()
        var query = query
        query.limit = past
        query.isReversed = true
        let runs = try ledger.history(query)
        query.limit = nil
        let table = RunTable.table(runs).ruled(with: Self.ruler, width: page.width)
        try StandardOutput.write(head(table))
        try show(runs, table)

        var open: LedgerReader? = ledger
        var identity = FileIdentity(of: ledger.path)
        var changes: Int?
        var isTold = false
        while true {
            do {
                // Another file in its place is another ledger.
                if open == nil || FileIdentity(of: ledger.path)?.inode != identity?.inode {
                    identity = FileIdentity(of: ledger.path)
                    (open, changes) = (try LedgerReader(path: ledger.path), nil)
                }
                guard let reader = open else { continue }
                let now = try reader.changes()
                if now != changes {
                    let news = try reader.history(query, since: mark)
                    try show(news.runs, table)
                    (changes, mark) = (now, news.mark)
                }
                isTold = false
            } catch let error as LedgerError {
                open = nil
                if !isTold { StandardError.note("\(error); waiting for it") }
                isTold = true
            }
            usleep(Self.pause)
        }
    }

    /// Cells as wide as those of ordinary runs, so that the columns of later lines stand below those of earlier ones.
    private static let ruler: [Phrase] = [
        "100000", "folder/of-a-model", "published", "PASSED", "100/100", "100.0 MiB", "100.0 %", "100.0",
        "top1 98.3 % (+0.3)", "2026-11-23 13:55:22Z", "10 min 10 s", "why it failed",
    ]

    private func head(_ table: RuledTable) -> String {
        switch options.output.wanted {
        case .table: table.head.rendered(isColoured: page.isColoured) + "\n"
        case .csv: Csv.line(Records([RunSummary]()).columns)
        case .json, .jsonl: ""
        }
    }

    private func show(_ runs: [RunSummary], _ table: RuledTable) throws {
        for run in runs {
            let line =
                switch options.output.wanted {
                case .table: table.line(RunTable.cells(run)).rendered(isColoured: page.isColoured) + "\n"
                case .csv: Csv.line(run.record.values.map(Csv.cell))
                case .json, .jsonl: try Json.line(run.record) + "\n"
                }
            try StandardOutput.write(line)
        }
    }
}
