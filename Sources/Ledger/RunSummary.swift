public import SystemPackage
public import Vocabulary

/// A line of the history.
public struct RunSummary: Hashable, Sendable {
    /// The run's number.
    public let run: Int
    public let model: ModelName
    public let trigger: RunTrigger
    public let status: RunStatus
    /// nil where no gate spoke.
    public let verdict: Verdict?
    /// Why it was rejected or failed.
    public let message: String?
    public let queued: Timestamp
    public let started: Timestamp?
    public let finished: Timestamp?
    /// How often it was begun.
    public let attempts: Int
    /// Number of layers; nil before there is a result.
    public let layers: Int?
    /// Number of layers that became int8.
    public let int8Layers: Int?
    /// Bytes of the `.bin` before.
    public let bytesBefore: Int64?
    /// Bytes of the `.bin` after.
    public let bytesAfter: Int64?
    /// The lowest SQNR of the weights over the layers, in dB.
    public let worstSQNR: Double?
    /// The layer that has it.
    public let worstLayer: String?
    /// The lowest cosine between the twins over the outputs.
    public let cosine: Double?
    /// The part of the labelled samples that the twins got right; nil where there were no labels.
    public let top1: Top1?
    /// Where the result lies.
    public let folder: FilePath?
    /// The run that computed the result, where this one did not.
    public let cachedFrom: Int?
    /// When its folder and the lines of its layers were removed; nil while they are there.
    public let pruned: Timestamp?

    /// When something last happened to it.
    public var at: Timestamp { finished ?? started ?? queued }

    /// The share of the bytes that is left.
    public var ratio: Double? {
        guard let bytesBefore, let bytesAfter, bytesBefore > 0 else { return nil }
        return Double(bytesAfter) / Double(bytesBefore)
    }
}

/// The part of the labelled samples, from 0 to 1, for which each twin's first answer was right.
public struct Top1: Hashable, Sendable {
    public let float: Double
    public let int8: Double

    /// int8 minus float.
    public var delta: Double { int8 - float }

    /// nil unless both are there.
    init?(float: Double?, int8: Double?) {
        guard let float, let int8 else { return nil }
        self.float = float
        self.int8 = int8
    }
}

/// All that the ledger knows of a run beside its layers and metrics.
public struct RunDetail: Hashable, Sendable {
    public let summary: RunSummary
    /// The run's name for the world, a UUID.
    public let uuid: String
    /// nil where the run never began.
    public let recipe: Recipe?
    /// What the run read and made, inputs first.
    public let artifacts: [RunArtifact]
    /// In the order in which they happened.
    public let events: [LedgerEvent]
}

/// A run that read or made a content.
public struct ArtifactUse: Hashable, Sendable {
    public let run: RunSummary
    public let role: ArtifactRole
    public let path: FilePath
}
