import ArgumentParser
import Ledger

/// A run as people name it, and the answer where there is none.
struct RunArgument: ParsableArguments {
    @Argument(help: "A run: its number, a model (its latest run), or model@number.")
    var run: String

    /// The run, or exit code 3 with a word about it.
    func find(in ledger: LedgerReader) throws -> RunDetail {
        let reference = RunReference(run)
        guard let detail = try ledger.run(reference) else {
            throw Complaint("there is no run '\(reference)' in \(ledger.path)", .absent)
        }
        return detail
    }
}
