public import Ledger
public import Vocabulary

/// A defect: a run whose statement cannot be made.
public struct IncompleteRecord: Error, Hashable, Sendable, CustomStringConvertible {
    public let run: Int
    /// One lower-case clause.
    public let clause: String

    public var description: String { "the statement of run \(run) cannot be made: \(clause)" }
}

/// What statements about a published run are made of: rows of the ledger and nothing else.
///
/// Before the run is published this is put together from what the run has found and made, afterwards it is read back from
/// the ledger, and both are equal; so the same statement can be made again for ever.
public struct BuildRecord: Hashable, Sendable {
    public let run: Int
    /// The run's name for the world.
    public let uuid: String
    public let model: ModelName
    public let trigger: RunTrigger
    public let recipe: Recipe
    public let started: Timestamp
    public let finished: Timestamp
    /// nil where no gate spoke.
    public let verdict: Verdict?
    /// The UUID of the run that computed the result; nil where this one did.
    public let source: String?
    /// What was read, each with its digest.
    public let inputs: [RunArtifact]
    /// The int8 twin: its `.param` and its `.bin`.
    public let outputs: [RunArtifact]
    /// In the order of their types and slices.
    public let metrics: [MetricRecord]

    /// The record of a run that is about to be published.
    ///
    /// - Parameters:
    ///   - detail: what the ledger says of the run that is running.
    ///   - artifacts: what it read and made, each with its digest.
    ///   - finished: the time with which the ledger will be told that the run has ended.
    ///   - source: the run that computed the result, for a run that did not.
    /// - Throws: `IncompleteRecord` where the run has not begun, or the digest of a file is missing.
    public init(
        _ detail: RunDetail, artifacts: [RunArtifact], metrics: [MetricRecord], verdict: Verdict?, source: RunDetail?,
        finished: Timestamp
    ) throws(IncompleteRecord) {
        let run = detail.summary.run
        guard let recipe = detail.recipe, let started = detail.summary.started else {
            throw IncompleteRecord(run: run, clause: "it has not begun")
        }
        if let unread = artifacts.first(where: { $0.digest == nil }) {
            throw IncompleteRecord(run: run, clause: "the digest of its \(unread.role.rawValue) is missing")
        }
        let order = Dictionary(uniqueKeysWithValues: ArtifactRole.allCases.enumerated().map { ($1, $0) })
        let artifacts = artifacts.sorted { (order[$0.role] ?? 0) < (order[$1.role] ?? 0) }
        self.run = run
        uuid = detail.uuid
        model = detail.summary.model
        trigger = detail.summary.trigger
        self.recipe = recipe
        self.started = started
        self.finished = finished
        self.verdict = verdict
        self.source = source?.uuid
        inputs = artifacts.filter(\.role.isInput)
        outputs = artifacts.filter { [.int8Param, .int8Bin].contains($0.role) }
        self.metrics = metrics.map(\.recorded).sorted {
            ($0.metric.type, $0.metric.slice) < ($1.metric.type, $1.metric.slice)
        }
        guard outputs.count == 2 else {
            throw IncompleteRecord(run: run, clause: "its int8 twin has \(outputs.count) files, wanted 2")
        }
    }

    /// The record of a run that was published, from the ledger; nil for a run without a result.
    ///
    /// - Throws: `LedgerError`, `IncompleteRecord`.
    public init?(of detail: RunDetail, in ledger: LedgerReader) throws {
        guard let finished = detail.summary.finished, detail.summary.folder != nil else { return nil }
        var source: RunDetail?
        if let first = detail.summary.cachedFrom { source = try ledger.run(.number(first)) }
        try self.init(
            detail, artifacts: detail.artifacts, metrics: try ledger.metrics(of: detail.summary.run),
            verdict: detail.summary.verdict, source: source, finished: finished)
    }

    /// The file of this role.
    public func artifact(_ role: ArtifactRole) -> RunArtifact? {
        (inputs + outputs).first { $0.role == role }
    }
}
