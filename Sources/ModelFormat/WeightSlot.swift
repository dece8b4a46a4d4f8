/// A place for one array of weights in a `.bin`: what the catalogue says of it before a byte is read.
public struct WeightSlot: Hashable, Sendable {
    /// ncnn's name of the array, such as `weight_data`.
    public let name: String
    /// Number of elements.
    public let count: Int
    /// Whether a four-byte tag before the array says how it is stored; without one it is plain fp32.
    public let isTagged: Bool

    public init(name: String, count: Int, isTagged: Bool) {
        self.name = name
        self.count = count
        self.isTagged = isTagged
    }
}
