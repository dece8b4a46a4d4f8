import Numerics

/// A border round a blob; a negative one cuts.
struct Padding: Operator {
    enum Kind: Int, Sendable {
        case constant = 0
        /// The outermost element again and again.
        case replicate
        /// The elements mirrored at the outermost, which is not repeated.
        case reflect
    }

    let kind: Kind
    let value: Float
    /// Values of the border by output channel; nil where all share one.
    let channelValues: [Float]?
    /// Border before and behind: channels or depth, height, width.
    let pads: [(before: Int, after: Int)]

    init(_ source: LayerSource) throws {
        let type = try source.int("type")
        guard let kind = Kind(rawValue: type) else { throw Misfit("type is \(type), wanted 0 to 2") }
        self.kind = kind
        value = try source.float("value")
        channelValues = try source.floatWeight("per_channel_pad_data")
        pads = [
            (try source.int("front"), try source.int("behind")),
            (try source.int("top"), try source.int("bottom")),
            (try source.int("left"), try source.int("right")),
        ]
    }

    func run(_ bottoms: [Tensor]) throws -> [Tensor] {
        let bottom = try bottoms.bottom(0)
        guard !bottom.isEmpty, pads.contains(where: { $0 != (0, 0) }) else { return [bottom] }
        // The border of a blob of four axes is in its depth, of three axes in its channels.
        let missing = 4 - bottom.axisCount
        let extents = [Int](repeating: 1, count: missing) + bottom.shape
        let borders = [(0, 0)] + pads
        let shape = (missing..<4).map { extents[$0] + borders[$0].0 + borders[$0].1 }
        let axes = try (0..<4).map { axis in
            let (before, after) = axis < missing ? (0, 0) : borders[axis]
            if kind == .reflect, before >= extents[axis] || after >= extents[axis] {
                throw Misfit("reflects a border of \(before) and \(after) at an axis of \(extents[axis]) elements")
            }
            return BorderedAxis(
                kind: kind, extent: extents[axis], before: before, count: extents[axis] + before + after)
        }
        if let channelValues, bottom.axisCount > 2, channelValues.count < shape[0] {
            throw Misfit("has \(channelValues.count) border values, the top has \(shape[0]) channels")
        }
        func border(_ channel: Int) -> Float {
            bottom.axisCount > 2 ? channelValues?[channel] ?? value : value
        }
        let channelsFirst = bottom.axisCount == 4 ? 0 : 1
        switch bottom.elements {
        case .float(let values):
            return [
                try Tensor(floats: shape) { out in
                    Self.fill(out, from: values, axes) { border($0[channelsFirst]) }
                }
            ]
        case .int8(let values):
            return [
                try Tensor(int8: shape) { out in
                    Self.fill(out, from: values, axes) { Quantized.cut(border($0[channelsFirst])) }
                }
            ]
        case .int32:
            throw Misfit("a tensor of float or int8 is wanted, found int32")
        }
    }

    /// - Parameter border: the value outside, for the place in the top on the two outermost of four axes.
    private static func fill<Element>(
        _ out: UnsafeMutableBufferPointer<Element>, from values: [Element], _ axes: [BorderedAxis],
        border: ([Int]) -> Element
    ) {
        var position = 0
        for first in 0..<axes[0].count {
            for second in 0..<axes[1].count {
                let outside = border([first, second])
                for third in 0..<axes[2].count {
                    var start: Int?
                    if let outer = axes[0].source(of: first), let middle = axes[1].source(of: second),
                        let row = axes[2].source(of: third)
                    {
                        start = ((outer * axes[1].extent + middle) * axes[2].extent + row) * axes[3].extent
                    }
                    for fourth in 0..<axes[3].count {
                        if let start, let column = axes[3].source(of: fourth) {
                            out[position] = values[start + column]
                        } else {
                            out[position] = outside
                        }
                        position += 1
                    }
                }
            }
        }
    }
}

/// An axis and its border.
private struct BorderedAxis {
    let kind: Padding.Kind
    let extent: Int
    let before: Int
    /// Elements, the border counted.
    let count: Int

    /// The element that stands at a place; nil for the border's value.
    func source(of place: Int) -> Int? {
        let index = place - before
        switch kind {
        case .constant:
            return index >= 0 && index < extent ? index : nil
        case .replicate:
            return index < 0 ? 0 : index < extent ? index : extent - 1
        case .reflect:
            return extent - 1 - abs(abs(index) - (extent - 1))
        }
    }
}
