/// One figure of a run for both twins, on the same inputs.
public struct Metric: Hashable, Sendable, Codable {
    /// What was measured, such as `top1` or `cosine`.
    public var type: String
    /// The float twin's value; nil where only the pair has one (a cosine between both), or where it could not be had.
    public var float: Double?
    /// The int8 twin's value, or the value of the pair; nil where it could not be had.
    public var int8: Double?
    /// Where in the model: an output blob's name, or empty for the whole model.
    public var slice: String
    /// Number of samples behind the figure.
    public var samples: Int
    /// Why there is no value; nil where there is one.
    public var reason: String?

    /// int8 minus float; nil unless both are there.
    public var delta: Double? {
        guard let float, let int8 else { return nil }
        return int8 - float
    }

    public init(
        type: String, float: Double? = nil, int8: Double? = nil, slice: String = "", samples: Int = 0,
        reason: String? = nil
    ) {
        self.type = type
        self.float = float
        self.int8 = int8
        self.slice = slice
        self.samples = samples
        self.reason = reason
    }
}
