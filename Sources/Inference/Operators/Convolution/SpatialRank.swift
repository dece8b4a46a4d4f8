import Numerics

/// How many axes of a blob the windows of a layer move along; the axis before them counts channels.
///
/// Inside, every layer works on the three axes depth, height, width; those that it does not have are of extent 1.
enum SpatialRank: Int, Sendable {
    case one = 1
    case two
    case three

    /// What ncnn calls the params of an axis.
    struct Axis: Sendable {
        /// The ending of `kernel_w` and its like.
        let ending: String
        /// The param of the border before and of that behind.
        let before: String
        let after: String
    }

    /// Axes that windows move along, outermost first.
    var axes: [Axis] {
        [
            Axis(ending: "d", before: "pad_front", after: "pad_behind"),
            Axis(ending: "h", before: "pad_top", after: "pad_bottom"),
            Axis(ending: "w", before: "pad_left", after: "pad_right"),
        ].suffix(rawValue)
    }

    /// Three values from those of the axes there are.
    func three<Value>(_ values: [Value], or missing: Value) -> [Value] {
        [Value](repeating: missing, count: 3 - rawValue) + values
    }

    /// Channels, and the extents of depth, height and width.
    ///
    /// - Throws: `Misfit` where the blob has more axes than the layer looks at, or is empty.
    func extents(of tensor: Tensor) throws -> (channels: Int, extents: [Int]) {
        guard (1...rawValue + 1).contains(tensor.axisCount) else {
            throw Misfit("the bottom's shape is \(tensor.shape), wanted 1 to \(rawValue + 1) axes")
        }
        let ones = [Int](repeating: 1, count: rawValue + 1 - tensor.axisCount)
        let all = ones + tensor.shape
        return (all[0], three(Array(all.dropFirst()), or: 1))
    }

    /// The shape of a blob with these channels and extents.
    func shape(channels: Int, extents: [Int]) -> [Int] {
        [channels] + extents.suffix(rawValue)
    }
}

extension LayerSource {
    /// The windows of depth, height and width as the params say them, without borders.
    ///
    /// - Parameters:
    ///   - hasKernel: whether the params say the kernel, which else comes with the weights.
    ///   - isDilated: whether the layer type has params for gaps in the kernel.
    /// - Throws: `Misfit` where a kernel, gap or step is below 1.
    func windows(_ rank: SpatialRank, hasKernel: Bool = true, isDilated: Bool = true) throws -> [Window] {
        let windows = try rank.axes.map { axis in
            func positive(_ name: String) throws -> Int {
                let value = try int("\(name)_\(axis.ending)")
                guard value >= 1 else { throw Misfit("\(name)_\(axis.ending) is \(value), wanted at least 1") }
                return value
            }
            return Window(
                kernel: hasKernel ? try positive("kernel") : 1, dilation: isDilated ? try positive("dilation") : 1,
                stride: try positive("stride"))
        }
        return rank.three(windows, or: Window())
    }

    /// The pads of depth, height and width as the params say them.
    func pads(_ rank: SpatialRank) throws -> [(before: Int, after: Int)] {
        rank.three(try rank.axes.map { (try int($0.before), try int($0.after)) }, or: (0, 0))
    }
}
