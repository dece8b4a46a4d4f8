public import Ledger
public import Publishing
import Vocabulary

/// Which results may go.
public struct Retention: Hashable, Sendable {
    /// A pattern of model names with `*`, `?` and `[…]`; nil for all.
    public let models: String?
    /// A run goes only when at least so many later results of its model stay.
    public let keep: Int?
    /// A run goes only when it ended before this time.
    public let before: Timestamp?

    /// - Throws: `RequestError` where nothing is limited, or `keep` would leave a model without a result.
    public init(models: String? = nil, keep: Int? = nil, before: Timestamp? = nil) throws(RequestError) {
        guard keep != nil || before != nil else { throw RequestError("asks for a pruning and sets no limit") }
        guard keep.map({ $0 >= 1 }) ?? true else {
            throw RequestError("keeps \(keep ?? 0) results of a model, wanted 1 or more")
        }
        self.models = models
        self.keep = keep
        self.before = before
    }

    /// The runs of one model that may go, out of all that have something to prune.
    ///
    /// Never among them: its latest result, and the run that its `latest` says, which an operator may have set back to an
    /// older one.
    ///
    /// - Parameters:
    ///   - runs: the latest first.
    ///   - latest: the run that the model's `latest` says; nil where there is none.
    public func choose(from runs: [PrunableRun], latest: Int?) -> [PrunableRun] {
        var laterResults = 0
        return runs.filter { run in
            let isResult = run.status != .rejected
            defer { laterResults += isResult ? 1 : 0 }
            let isOld = before.map { run.finished < $0 } ?? true
            let isBeyond = laterResults >= max(keep ?? 0, isResult ? 1 : 0)
            return isOld && isBeyond && run.run != latest
        }
    }

    /// The runs that may go, a list for each model that has any.
    public func choose(in ledger: LedgerReader, of publisher: Publisher) throws -> [[PrunableRun]] {
        var chosen: [[PrunableRun]] = []
        try ledger.eachPrunable(of: models) { model, runs in
            let old = choose(from: runs, latest: try publisher.latest(of: model))
            if !old.isEmpty { chosen.append(old) }
        }
        return chosen
    }
}
