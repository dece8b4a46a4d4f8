import Numerics

extension Operators {
    /// Layers that move elements without changing them, by the plain layers in ncnn's src/layer at a4d2ea1d.
    static let shapeOperators: [OperatorType] = [
        .function("Concat") { source in
            let axis = try source.int("axis")
            return { [try joined($0, along: axis)] }
        },
        OperatorType("CopyTo") { try CopyTo($0) },
        OperatorType("Crop") { try Crop($0) },
        .function("Diag") { source in
            let diagonal = try source.int("diagonal")
            return { [try diag(try $0.bottom(0), diagonal)] }
        },
        .function("ExpandDims") { source in
            let axes = try source.ints("axes")
            return { [try expanded(try $0.bottom(0), at: axes)] }
        },
        .function("Flatten") { _ in
            { bottoms in
                let bottom = try bottoms.bottom(0)
                return [try bottom.reshaped([bottom.count])]
            }
        },
        .function("Flip") { source in
            let axes = try source.ints("axes")
            return { bottoms in
                let bottom = try bottoms.bottom(0)
                guard !axes.isEmpty else { return [bottom] }
                // An axis that is named twice is still turned once.
                let view = Set(try axes.map(bottom.axis)).reduce(View(bottom.shape)) { $0.reversed($1) }
                return [try bottom.gathered(view)]
            }
        },
        OperatorType("Fold") { try Fold($0) },
        .function("Permute") { source in
            let order = try source.int("order_type")
            return { [try Permute.run(try $0.bottom(0), order: order)] }
        },
        .function("PixelShuffle") { source in
            let factor = try source.positive("upscale_factor")
            let channelsAreInner = try source.int("mode") == 0
            return { [try pixelShuffled(try $0.bottom(0), factor, channelsAreInner: channelsAreInner)] }
        },
        .function("Reorg") { source in
            let stride = try source.positive("stride")
            let channelsAreOuter = try source.int("mode") == 0
            return { [try reorganized(try $0.bottom(0), stride, channelsAreOuter: channelsAreOuter)] }
        },
        OperatorType("Reshape") { try Reshape($0) },
        .function("ShuffleChannel") { source in
            let group = try source.positive("group")
            let isReverse = try source.flag("reverse")
            return { [try channelShuffled(try $0.bottom(0), groups: group, isReverse: isReverse)] }
        },
        OperatorType("Slice") { try Slice($0) },
        .function("Squeeze") { source in
            let named = try ["squeeze_c", "squeeze_d", "squeeze_h", "squeeze_w"].map(source.flag)
            let axes = try source.ints("axes")
            return { [try squeezed(try $0.bottom(0), named: named, axes: axes)] }
        },
        OperatorType("Tile") { try Tile($0) },
        .function("Unfold") { source in
            let value = try source.float("pad_value")
            let (windows, border) = try Border.read(source, .two, windows: source.windows(.two))
            return { [try unfolded(try $0.bottom(0), windows, border, value: value)] }
        },
    ]

    /// Bottoms behind one another along an axis.
    private static func joined(_ bottoms: [Tensor], along index: Int) throws -> Tensor {
        let first = try bottoms.bottom(0)
        let axis = try first.axis(index)
        var shape = first.shape
        shape[axis] = bottoms.reduce(0) { $0 + ($1.axisCount == shape.count ? $1.shape[axis] : 0) }
        _ = try Tensor.count(of: shape)
        let whole = View(shape)
        var start = 0
        let parts = try bottoms.map { bottom in
            var wanted = shape
            wanted[axis] = bottom.axisCount == shape.count ? bottom.shape[axis] : 0
            guard bottom.shape == wanted else {
                throw Misfit("cannot join shapes \(first.shape) and \(bottom.shape) along axis \(axis)")
            }
            let part = try whole.cut(axis, from: start, count: wanted[axis])
            start += wanted[axis]
            return (part, bottom)
        }
        let values = bottoms.compactMap { try? $0.floats() }
        guard axis == 0, values.count == bottoms.count else { return try first.zeros(shape).replacing(parts) }
        // Along the outermost axis they lie one behind the other.
        return try Tensor(everyFloat: shape) { out in
            guard var end = out.baseAddress else { return }
            for values in values {
                values.withUnsafeBufferPointer { copy($0, to: end) }
                end += values.count
            }
        }
    }

    /// Threads copy equally long parts, where these are worth it.
    private static func copy(_ values: UnsafeBufferPointer<Float>, to out: UnsafeMutablePointer<Float>) {
        guard let start = values.baseAddress else { return }
        let parts = max(1, min(Threads.limit, values.count / 32768))
        Threads.each(parts) { part in
            let (first, end) = (part * values.count / parts, (part + 1) * values.count / parts)
            (out + first).update(from: start + first, count: end - first)
        }
    }

    /// A square with the vector on a diagonal, or the diagonal of a matrix.
    private static func diag(_ bottom: Tensor, _ diagonal: Int) throws -> Tensor {
        let (down, right) = (max(-diagonal, 0), max(diagonal, 0))
        switch bottom.axisCount {
        case 1:
            let size = bottom.width + down + right
            let view = View(
                start: down * size + right, axes: [.init(count: bottom.width, step: size + 1)])
            return try bottom.zeros([size, size]).replacing(view, by: bottom)
        case 2:
            let length = min(bottom.height - down, bottom.width - right)
            guard length > 0 else { return .empty }
            let view = View(
                start: down * bottom.width + right, axes: [.init(count: length, step: bottom.width + 1)])
            return try bottom.gathered(view)
        default:
            throw Misfit("has a bottom of shape \(bottom.shape), wanted 1 or 2 axes")
        }
    }

    /// The same elements with axes of one element, at these places in the new shape.
    private static func expanded(_ bottom: Tensor, at axes: [Int]) throws -> Tensor {
        let count = bottom.axisCount + axes.count
        let places = Set(axes.map { $0 < 0 ? $0 + count : $0 })
        guard places.count == axes.count, places.allSatisfy({ (0..<count).contains($0) }) else {
            throw Misfit("cannot insert axes \(axes) into shape \(bottom.shape)")
        }
        var rest = bottom.shape[...]
        return try bottom.reshaped((0..<count).map { places.contains($0) ? 1 : rest.removeFirst() })
    }

    /// The same elements without the axes that are named by c, d, h, w, or by index, and have one element.
    private static func squeezed(_ bottom: Tensor, named: [Bool], axes: [Int]) throws -> Tensor {
        guard !bottom.isEmpty else { return bottom }
        let dropped =
            axes.isEmpty
            ? bottom.shape.indices.filter { named[Tensor.named[bottom.axisCount][$0]] } : try axes.map(bottom.axis)
        let kept = bottom.shape.indices.filter { bottom.shape[$0] != 1 || !dropped.contains($0) }
        // One axis always stays.
        return try bottom.reshaped(kept.isEmpty ? [1] : kept.map { bottom.shape[$0] })
    }

    /// Channels of one group next to those of the others (or back), as in ShuffleNet.
    private static func channelShuffled(_ bottom: Tensor, groups: Int, isReverse: Bool) throws -> Tensor {
        let channels = bottom.channels
        guard channels % groups == 0, !bottom.isEmpty else {
            throw Misfit("has \(channels) channels for \(groups) groups")
        }
        let outer = isReverse ? channels / groups : groups
        let view = View([outer, channels / outer, bottom.count / channels])
        return try bottom.gathered(view.permuted([1, 0, 2]), as: bottom.shape)
    }

    /// Channels as the pixels of squares.
    private static func pixelShuffled(_ bottom: Tensor, _ factor: Int, channelsAreInner: Bool) throws -> Tensor {
        let channels = bottom.channels
        guard (1...3).contains(bottom.axisCount), factor <= channels, channels % (factor * factor) == 0 else {
            throw Misfit("has a bottom of shape \(bottom.shape), wanted channels for squares of \(factor)")
        }
        let (top, height, width) = (channels / (factor * factor), bottom.height, bottom.width)
        let view =
            channelsAreInner
            ? View([top, factor, factor, height, width]).permuted([0, 3, 1, 4, 2])
            : View([factor, factor, top, height, width]).permuted([2, 3, 0, 4, 1])
        return try bottom.gathered(view, as: [top, height * factor, width * factor])
    }

    /// The pixels of squares as channels.
    private static func reorganized(_ bottom: Tensor, _ stride: Int, channelsAreOuter: Bool) throws -> Tensor {
        let (height, width) = (bottom.height / stride, bottom.width / stride)
        guard (1...3).contains(bottom.axisCount), height > 0, width > 0 else {
            throw Misfit("has a bottom of shape \(bottom.shape), wanted squares of \(stride)")
        }
        // What is left over of a row or column is dropped.
        let view = try View([bottom.channels, bottom.height, bottom.width])
            .cut(1, from: 0, count: height * stride).cut(2, from: 0, count: width * stride)
            .split(2, into: stride).split(1, into: stride)
            .permuted(channelsAreOuter ? [0, 2, 4, 1, 3] : [2, 4, 0, 1, 3])
        return try bottom.gathered(view, as: [bottom.channels * stride * stride, height, width])
    }

    /// The elements under a window as columns, one for each place of it.
    private static func unfolded(
        _ bottom: Tensor, _ windows: [Window], _ border: Border, value: Float
    ) throws -> Tensor {
        let (channels, extents) = try SpatialRank.two.extents(of: bottom)
        let unfolding = try Unfolding(extents: extents, windows: border.applied(to: windows, extents: extents))
        let rows = try Tensor.count(of: [channels, windows[1].kernel, windows[2].kernel])
        let places = try Tensor.count(of: unfolding.places)
        return try bottom.withFloats { values in
            try Tensor(floats: [rows, places]) { out in
                guard let input = values.baseAddress, let matrix = out.baseAddress else { return }
                // Words of the same size: floats go through as their bits.
                input.withMemoryRebound(to: UInt32.self, capacity: values.count) { input in
                    matrix.withMemoryRebound(to: UInt32.self, capacity: out.count) { matrix in
                        unfolding.write(
                            0..<places, of: input, channels: channels, border: value.bitPattern, to: matrix)
                    }
                }
            }
        }
    }
}

extension LayerSource {
    /// An integer param that must be above zero.
    func positive(_ name: String) throws -> Int {
        let value = try int(name)
        guard value >= 1 else { throw Misfit("\(name) is \(value), wanted at least 1") }
        return value
    }
}
