public import Vocabulary

/// Which runs the history is to show.
public struct HistoryQuery: Hashable, Sendable {
    /// Patterns with `*`, `?` and `[…]`, of which a model's name fits any; `*` also stands for `/`. Empty for all models.
    public var models: [String]
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
        models: [String] = [], statuses: Set<RunStatus> = [], verdicts: Set<Verdict> = [], since: Timestamp? = nil,
        until: Timestamp? = nil, limit: Int? = nil, isReversed: Bool = false
    ) {
        self.models = models
        self.statuses = statuses
        self.verdicts = verdicts
        self.since = since
        self.until = until
        self.limit = limit
        self.isReversed = isReversed
    }

    /// Whether a pattern stands for one model only: it has none of the letters that stand for others.
    public static func isName(_ pattern: String) -> Bool {
        !pattern.contains { "*?[".contains($0) }
    }
}

/// Where someone stands who follows the history.
public struct HistoryMark: Hashable, Sendable {
    /// The latest run that was seen.
    let latest: Int
    /// The runs that had not ended then.
    let open: [Int: OpenRun]

    struct OpenRun: Hashable, Sendable {
        let status: RunStatus
        let attempts: Int
    }

    /// Before the first run.
    public static let beginning = HistoryMark(latest: 0, open: [:])
}
