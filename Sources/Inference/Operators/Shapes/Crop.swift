import Numerics

/// A part of the bottom (ncnn src/layer/crop.cpp at a4d2ea1d).
struct Crop: Operator {
    /// Where the part is said to lie.
    private enum Region {
        /// Between margins at both ends, and at most so many; by c, d, h, w.
        case margins(first: [Int], last: [Int], count: [Int])
        /// From starts to ends of the named axes, or of all where none is named.
        case ranges(starts: [Int], ends: [Int], axes: [Int])
        case expressions(starts: SizeExpression, ends: SizeExpression, axes: SizeExpression)
        /// From offsets by c, d, h, w, as large as the second bottom.
        case reference(first: [Int])
        /// As the numbers in the second bottom say: offsets of w, h, d, c, then sizes.
        case numbers
    }

    /// The value that stands for the beginning or end of an axis.
    private static let open = -233

    private let region: Region

    init(_ source: LayerSource) throws {
        let first = try ["coffset", "doffset", "hoffset", "woffset"].map(source.int)
        let last = try ["coffset2", "doffset2", "hoffset2", "woffset2"].map(source.int)
        let count = try ["outc", "outd", "outh", "outw"].map(source.int)
        let (starts, ends) = (try source.ints("starts"), try source.ints("ends"))
        let startsExpression = try SizeExpression(try source.string("starts_expr"))
        let endsExpression = try SizeExpression(try source.string("ends_expr"))
        if !startsExpression.isEmpty, !endsExpression.isEmpty {
            region = .expressions(
                starts: startsExpression, ends: endsExpression,
                axes: try SizeExpression(try source.string("axes_expr")))
        } else if !starts.isEmpty, !ends.isEmpty {
            region = .ranges(starts: starts, ends: ends, axes: try source.ints("axes"))
        } else if (last + count).allSatisfy({ $0 == 0 }) {
            region = first[3] == Self.open ? .numbers : .reference(first: first)
        } else {
            region = .margins(first: first, last: last, count: count)
        }
    }

    func run(_ bottoms: [Tensor]) throws -> [Tensor] {
        let bottom = try bottoms.bottom(0)
        var view = View(bottom.shape)
        // An axis that stays whole starts at its beginning, whatever the offset says.
        for (axis, part) in try parts(of: bottom, bottoms).enumerated() where part.count != bottom.shape[axis] {
            view = try view.cut(axis, from: part.first, count: part.count)
        }
        return [view.counts == bottom.shape ? bottom : try bottom.gathered(view)]
    }

    /// The part of each axis.
    private func parts(of bottom: Tensor, _ bottoms: [Tensor]) throws -> [(first: Int, count: Int)] {
        let named = Tensor.named[bottom.axisCount]
        let extents = bottom.extents
        switch region {
        case .margins(let first, let last, let count):
            return named.map { axis in
                let rest = extents[axis] - first[axis] - last[axis]
                return (first[axis], count[axis] == Self.open ? rest : min(count[axis], rest))
            }
        case .ranges(let starts, let ends, let axes):
            return try ranges(of: bottom, starts, ends, axes)
        case .expressions(let starts, let ends, let axes):
            return try ranges(of: bottom, starts.sizes(bottoms), ends.sizes(bottoms), axes.sizes(bottoms))
        case .reference(let first):
            let reference = try bottoms.bottom(1)
            return named.map { axis in
                // All channels stay where the reference has fewer axes.
                let hasAxis = axis != 0 || reference.axisCount == bottom.axisCount
                return (first[axis], hasAxis ? reference.extents[axis] : extents[axis])
            }
        case .numbers:
            let numbers = try Self.numbers(try bottoms.bottom(1))
            // There are three of each, w, h, c, where the bottom has no depth.
            let size = bottom.axisCount == 4 ? 4 : 3
            return try named.map { axis in
                let position = axis == 0 ? size - 1 : 3 - axis
                guard numbers.indices.contains(size + position) else {
                    throw Misfit("has \(numbers.count) numbers for shape \(bottom.shape), wanted \(2 * size)")
                }
                return (numbers[position], numbers[size + position])
            }
        }
    }

    /// The parts from starts to ends, both counted from the end of their axis where they are negative.
    private func ranges(
        of bottom: Tensor, _ starts: [Int], _ ends: [Int], _ axes: [Int]
    ) throws -> [(first: Int, count: Int)] {
        let axes = axes.isEmpty ? Array(bottom.shape.indices) : try axes.map(bottom.axis)
        guard starts.count >= axes.count, ends.count >= axes.count else {
            throw Misfit("has \(starts.count) starts and \(ends.count) ends for \(axes.count) axes")
        }
        var parts = bottom.shape.map { (first: 0, count: $0) }
        for (index, axis) in axes.enumerated() {
            let extent = bottom.shape[axis]
            let start = starts[index] == Self.open ? 0 : starts[index]
            let end = ends[index] == Self.open ? extent : ends[index]
            let first = start >= 0 ? start : extent + start
            parts[axis] = (first, min(extent, end > 0 ? end : extent + end) - first)
        }
        return parts
    }

    /// The elements of a blob as ncnn reads them here: the bits as integers, whatever wrote them.
    private static func numbers(_ tensor: Tensor) throws -> [Int] {
        switch tensor.elements {
        case .int32(let values): values.map(Int.init)
        case .float(let values): values.map { Int(Int32(bitPattern: $0.bitPattern)) }
        case .int8: throw Misfit("has a second bottom of int8, wanted int32")
        }
    }
}
