import Numerics

/// The first bottom with a part of it replaced by the second (ncnn src/layer/copyto.cpp at a4d2ea1d).
struct CopyTo: Operator {
    /// The value that stands for the beginning of an axis.
    private static let open = -233

    /// By c, d, h, w; used where there are no starts.
    private let offsets: [Int]
    private let starts: [Int]
    /// The axes of the starts; empty for all.
    private let axes: [Int]

    init(_ source: LayerSource) throws {
        offsets = try ["coffset", "doffset", "hoffset", "woffset"].map(source.int)
        starts = try source.ints("starts")
        axes = try source.ints("axes")
    }

    func run(_ bottoms: [Tensor]) throws -> [Tensor] {
        let (bottom, part) = (try bottoms.bottom(0), try bottoms.bottom(1))
        guard bottom.shape != part.shape else { return [part] }
        let first = try first(in: bottom)
        var view = View(bottom.shape)
        for (axis, name) in Tensor.named[bottom.axisCount].enumerated() {
            view = try view.cut(axis, from: first[axis], count: part.extents[name])
        }
        guard view.count == part.count else {
            throw Misfit("cannot put shape \(part.shape) into shape \(bottom.shape)")
        }
        return [try bottom.replacing(view, by: part)]
    }

    /// Where the part begins on each axis.
    private func first(in bottom: Tensor) throws -> [Int] {
        guard !starts.isEmpty else { return Tensor.named[bottom.axisCount].map { offsets[$0] } }
        let axes = axes.isEmpty ? Array(bottom.shape.indices) : try axes.map(bottom.axis)
        guard starts.count >= axes.count else { throw Misfit("has \(starts.count) starts for \(axes.count) axes") }
        var first = bottom.shape.map { _ in 0 }
        for (start, axis) in zip(starts, axes) where start != Self.open {
            first[axis] = start >= 0 ? start : bottom.shape[axis] + start
        }
        return first
    }
}
