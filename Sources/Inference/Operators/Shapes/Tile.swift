import Numerics

/// The bottom several times along its axes (ncnn src/layer/tile.cpp at a4d2ea1d).
struct Tile: Operator {
    private let axis: Int
    private let tiles: Int
    /// How often along each of the innermost axes; empty for `tiles` along `axis`.
    private let repeats: [Int]

    init(_ source: LayerSource) throws {
        axis = try source.int("axis")
        tiles = try source.int("tiles")
        repeats = try source.ints("repeats")
        guard repeats.count <= Tensor.mostAxes else {
            throw Misfit("has \(repeats.count) repeats, wanted at most \(Tensor.mostAxes)")
        }
        // Unlike in other layers an axis cannot be counted from the end.
        guard axis >= 0 else { throw Misfit("axis is \(axis), wanted at least 0") }
    }

    func run(_ bottoms: [Tensor]) throws -> [Tensor] {
        let bottom = try bottoms.bottom(0)
        let counts = try counts(on: bottom)
        let shape = Tensor.named[max(bottom.axisCount, repeats.count)].map { bottom.extents[$0] * counts[$0] }
        // The repeats of an axis lie outside of it.
        let axes = zip(View(bottom.extents).axes, counts).flatMap { axis, count in
            [View.Axis(count: count, step: 0), axis]
        }
        return [try bottom.gathered(View(start: 0, axes: axes), as: shape)]
    }

    /// How often along c, d, h, w.
    private func counts(on bottom: Tensor) throws -> [Int] {
        var counts = [1, 1, 1, 1]
        if repeats.isEmpty {
            counts[Tensor.named[bottom.axisCount][try bottom.axis(axis)]] = tiles
        } else {
            // Three repeats are those of d, h, w where there is a depth, else of c, h, w.
            let names = bottom.axisCount == 4 ? Tensor.named[4].suffix(repeats.count) : Tensor.named[repeats.count][...]
            for (name, count) in zip(names, repeats) { counts[name] = count }
        }
        return counts
    }
}
