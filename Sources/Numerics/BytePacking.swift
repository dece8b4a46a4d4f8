/// What a word of 32 bits, a step in a panel of signed bytes, has of its lane along the depth; 0 behind the end.
///
/// A left panel begins with a word for each lane, with which all sums of the lane begin.
public enum BytePacking: Int, CaseIterable, Sendable {
    /// Two numbers of 16 bits; sums begin with 0.
    case pairs = 2
    /// Four bytes, on the right 128 higher and without a sign, so that sums begin with -128 times the sum of the lane.
    case quads = 4

    /// Words that a lane takes.
    public func words(_ side: PanelSide, depth: Int) -> Int {
        (depth + rawValue - 1) / rawValue + (side == .left ? 1 : 0)
    }
}
