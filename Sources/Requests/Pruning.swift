public import Ledger
public import Publishing
import Vocabulary

/// What a pruning did.
public struct Pruning: Hashable, Sendable, CustomStringConvertible {
    /// The runs that are pruned now.
    public internal(set) var pruned: [PrunableRun] = []
    /// Why others are not, or why something of them stayed, as clauses.
    public internal(set) var failures: [String] = []

    /// Bytes of the `.bin` files that are gone.
    public var bytes: Int64 {
        pruned.reduce(0) { sum, run in
            let (total, overflow) = sum.addingReportingOverflow(run.bytes)
            return overflow ? .max : total
        }
    }

    /// Prunes what the retention lets go: first the ledger says so, then the folder goes. A crash between the two leaves a
    /// folder of a pruned run, which the sweep at the next start takes.
    ///
    /// - Throws: `LedgerError` where the ledger cannot be asked; what fails for one run is listed and the others go on.
    public init(_ retention: Retention, in ledger: LedgerWriter, of publisher: Publisher) throws {
        try ledger.eachPrunable(of: retention.models) { model, runs in
            for run in retention.choose(from: runs, latest: try publisher.latest(of: model)) {
                do {
                    try ledger.prune(run.run)
                    pruned.append(run)
                    if run.status != .rejected {
                        try publisher.withdraw(PublishedRun(model: model, run: run.run))
                    }
                } catch let error as LedgerError where error.reason != .refused {
                    throw error
                } catch {
                    failures.append("run \(run.run): \(error)")
                }
            }
        }
    }

    /// What happened, in one clause.
    public var description: String {
        let runs = pruned.count == 1 ? "1 run" : "\(pruned.count) runs"
        let told = failures.prefix(3) + (failures.count > 3 ? ["and \(failures.count - 3) more failed"] : [])
        return (["pruned \(runs), \(bytes) bytes of weights"] + told).joined(separator: "; ")
    }
}
