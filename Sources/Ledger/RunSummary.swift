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
    /// Where the result lies.
    public let folder: FilePath?
    /// The run that computed the result, where this one did not.
    public let cachedFrom: Int?
    /// When its folder and the lines of its layers were removed; nil while they are there.
    public let pruned: Timestamp?

    /// The share of the bytes that is left.
    public var ratio: Double? {
        guard let bytesBefore, let bytesAfter, bytesBefore > 0 else { return nil }
        return Double(bytesAfter) / Double(bytesBefore)
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

/// Which runs the history is to show.
public struct HistoryQuery: Hashable, Sendable {
    /// A pattern with `*`, `?` and `[…]`; `*` also stands for `/`.
    public var model: String?
    /// Any of these; empty for all.
    public var statuses: Set<RunStatus>
    /// Any of these; empty for all, runs without a verdict included.
    public var verdicts: Set<Verdict>
    /// Something happened to the run at or after this time: it was queued, began or ended.
    public var since: Timestamp?
    /// The last that happened to it was before this time.
    public var until: Timestamp?
    /// At most so many, the latest.
    public var limit: Int?
    /// Show the earliest first; the limit still takes the latest.
    public var isReversed: Bool

    public init(
        model: String? = nil, statuses: Set<RunStatus> = [], verdicts: Set<Verdict> = [], since: Timestamp? = nil,
        until: Timestamp? = nil, limit: Int? = nil, isReversed: Bool = false
    ) {
        self.model = model
        self.statuses = statuses
        self.verdicts = verdicts
        self.since = since
        self.until = until
        self.limit = limit
        self.isReversed = isReversed
    }
}

/// How people name a run: `17`, `vision/resnet18` (its latest), `vision/resnet18@17`.
public enum RunReference: Hashable, Sendable, CustomStringConvertible {
    case number(Int)
    /// The latest run of a model. `name@latest` says the same, for a model whose own name reads like one of the others.
    case latest(ModelName)
    /// This run, which must be one of this model.
    case numbered(ModelName, Int)

    public init(_ text: String) {
        if let number = Self.number(text) {
            self = .number(number)
            return
        }
        if let at = text.lastIndex(of: "@"), at != text.startIndex {
            let model = ModelName(String(text[..<at]))
            let end = String(text[text.index(after: at)...])
            if let number = Self.number(end) {
                self = .numbered(model, number)
                return
            }
            if end == "latest" {
                self = .latest(model)
                return
            }
        }
        self = .latest(ModelName(text))
    }

    public var description: String {
        switch self {
        case .number(let number): "\(number)"
        case .latest(let model): model.text
        case .numbered(let model, let number): "\(model)@\(number)"
        }
    }

    private static func number(_ text: String) -> Int? {
        guard !text.isEmpty, text.allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
        return Int(text)
    }
}
