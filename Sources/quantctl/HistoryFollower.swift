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
    private let output: OutputOptions

    /// The pause between two looks.
    private static let pause: useconds_t = 200_000

    /// - Parameter past: how many runs that are there already are shown; nil for all.
    init(_ query: HistoryQuery, past: Int?, _ output: OutputOptions) {
        self.query = query
        self.past = past
        self.output = output
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
        var form = HistoryForm(output.wanted, page: output.page(), first: runs)
        try StandardOutput.write(form.head() + form.lines(runs))

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
                    try StandardOutput.write(form.lines(news.runs))
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
}
