import Numerics

/// The bottom cut along an axis, a part for each top (ncnn src/layer/slice.cpp at a4d2ea1d).
struct Slice: Operator {
    /// The size that stands for an equal share of what is left.
    private static let share = -233

    private let axis: Int
    /// The size of each part; unused where there are ends.
    private let sizes: [Int]
    /// Where each part but the last ends, counted from the end where negative.
    private let ends: [Int]
    private let topCount: Int

    init(_ source: LayerSource) throws {
        axis = try source.int("axis")
        sizes = try source.ints("slices")
        ends = try source.ints("indices")
        topCount = source.topCount
        let parts = ends.isEmpty ? sizes.count : ends.count + 1
        guard parts >= topCount else { throw Misfit("has \(parts) slices for \(topCount) tops") }
    }

    func run(_ bottoms: [Tensor]) throws -> [Tensor] {
        let bottom = try bottoms.bottom(0)
        let axis = try bottom.axis(axis)
        let view = View(bottom.shape)
        var first = 0
        return try (0..<topCount).map { index in
            let count = count(of: index, from: first, extent: bottom.shape[axis])
            let part = try view.cut(axis, from: first, count: count)
            first += count
            return try bottom.gathered(part)
        }
    }

    /// How much a part takes. What is left behind the last of given sizes is dropped, as in ncnn.
    private func count(of index: Int, from first: Int, extent: Int) -> Int {
        if ends.isEmpty {
            return sizes[index] == Self.share ? (extent - first) / (topCount - index) : sizes[index]
        }
        guard index < topCount - 1 else { return extent - first }
        return (ends[index] < 0 ? extent + ends[index] : ends[index]) - first
    }
}
