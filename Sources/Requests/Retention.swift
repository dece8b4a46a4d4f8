public import Ledger
public import Vocabulary

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

    /// The runs that may go, out of all that have something to prune.
    ///
    /// Never among them: the latest result of a model, and the run that its `latest` says, which an operator may have set
    /// back to an older one.
    ///
    /// - Parameters:
    ///   - runs: by model, the latest first.
    ///   - latest: the run that `latest` of a model says; nil where there is none.
    public func choose(
        from runs: [PrunableRun], latest: (ModelName) throws -> Int?
    ) rethrows -> [PrunableRun] {
        var chosen: [PrunableRun] = []
        var model: ModelName?
        var pointed: Int?
        var laterResults = 0
        for run in runs {
            if run.model != model {
                (model, laterResults) = (run.model, 0)
                pointed = try latest(run.model)
            }
            let isResult = run.status != .rejected
            let isOld = before.map { run.finished < $0 } ?? true
            let isBeyond = laterResults >= max(keep ?? 0, isResult ? 1 : 0)
            if isOld, isBeyond, run.run != pointed { chosen.append(run) }
            if isResult { laterResults += 1 }
        }
        return chosen
    }
}
