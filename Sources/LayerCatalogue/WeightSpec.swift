/// One array of weights of a layer type, in the order of the file.
public struct WeightSpec: Hashable, Sendable {
    /// ncnn's name for it.
    public let name: String
    /// Number of elements.
    public let count: Count
    /// When the array is in the file at all.
    public let condition: Condition
    /// When a tag before it says how it is stored.
    public let isTagged: Condition

    static func tagged(_ name: String, _ count: Count, when condition: Condition = .always) -> WeightSpec {
        WeightSpec(name: name, count: count, condition: condition, isTagged: .always)
    }

    static func plain(_ name: String, _ count: Count, when condition: Condition = .always) -> WeightSpec {
        WeightSpec(name: name, count: count, condition: condition, isTagged: .not(.always))
    }

    static func tagged(if isTagged: Condition, _ name: String, _ count: Count, when condition: Condition) -> WeightSpec
    {
        WeightSpec(name: name, count: count, condition: condition, isTagged: isTagged)
    }
}
