import ArgumentParser
import Ledger

/// One run with a result, or all of them.
struct RunSelection: ParsableArguments {
    @Argument(
        help: "A run: its number, a model (its latest result), or model@number.",
        completion: .custom(LedgerCompletion.runs))
    var run: String?

    @Flag(help: "All runs.")
    var all = false

    func validate() throws {
        guard (run != nil) != all else { throw ValidationError("name one run or model, or give --all") }
    }

    /// How many runs are meant.
    func count(in ledger: LedgerReader) throws -> Int {
        all ? try ledger.resultCount() : 1
    }

    /// Calls `body` for each run that is meant, in the order of their numbers.
    ///
    /// - Parameter withResult: of all runs only those that have a result.
    func forEach(in ledger: LedgerReader, withResult: Bool = true, _ body: (RunDetail) throws -> Void) throws {
        if let run {
            let reference = RunReference(run)
            guard let detail = try ledger.result(reference) else {
                throw try RunArgument.complaint(reference, ledger)
            }
            return try body(detail)
        }
        var last = 0
        while true {
            // Short questions: none keeps the writer's log from shrinking while files are read.
            let runs = try ledger.ended(after: last, withResult: withResult)
            guard let latest = runs.last else { return }
            for summary in runs {
                if let detail = try ledger.run(.number(summary.run)) { try body(detail) }
            }
            last = latest.run
        }
    }
}
