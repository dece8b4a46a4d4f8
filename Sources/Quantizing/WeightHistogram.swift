/// How the weights of one array are spread, in both twins, in steps of int8.
///
/// A step is what one int8 number stands for: 1 over the scale of the weight's row. In these units all rows of an array can
/// be counted together, and int8 ends at ±127 for each of them.
public struct WeightHistogram: Hashable, Sendable {
    /// The layer's position in the `.param`.
    public let layer: Int
    /// The array's name in the catalogue, such as `weight_data`.
    public let weight: String
    /// The smallest and the largest scale of its rows.
    public let scales: ClosedRange<Float>
    /// How many weights lie nearest to each step, from `-reach` to `reach`; the first and the last count also those beyond.
    public internal(set) var float: [Int]
    /// How many weights the int8 twin has at each step, over the same steps.
    public internal(set) var int8: [Int]

    /// Weights more steps away from zero than this are counted together.
    public static let reach = 1147

    init(layer: Int, weight: String, scales: ClosedRange<Float>) {
        self.layer = layer
        self.weight = weight
        self.scales = scales
        float = [Int](repeating: 0, count: 2 * Self.reach + 1)
        int8 = float
    }

    /// The largest distance from zero, in steps, at which a weight of the float twin lies; `reach` stands for more, too.
    public var extent: Int {
        let first = float.firstIndex { $0 > 0 } ?? Self.reach
        let last = float.lastIndex { $0 > 0 } ?? Self.reach
        return max(Self.reach - first, last - Self.reach)
    }
}
