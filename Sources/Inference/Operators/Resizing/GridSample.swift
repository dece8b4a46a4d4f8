import Numerics

/// The first bottom's elements at places that the second bottom says, -1 and 1 being the ends of each axis
/// (ncnn src/layer/gridsample.cpp at a4d2ea1d).
struct GridSample: Operator {
    private enum Kind: Int {
        case bilinear = 1
        case nearest
        case bicubic
    }

    /// What lies outside of the bottom.
    private enum Outside: Int {
        case zeros = 1
        case border
        case reflection
    }

    /// The elements of one axis that a place is made of; an index outside of the axis stands for a zero.
    private struct Taps {
        var count = 1
        var indexes = SIMD4<Int>(repeating: 0)
        var weights = SIMD4<Float>(repeating: 1)
    }

    private let kind: Kind
    private let outside: Outside
    private let alignsCorners: Bool
    /// Whether the grid's coordinates are its outermost axis and not its innermost.
    private let coordinatesAreOuter: Bool

    init(_ source: LayerSource) throws {
        let (sample, padding) = (try source.int("sample_type"), try source.int("padding_mode"))
        guard let kind = Kind(rawValue: sample) else { throw Misfit("sample_type is \(sample), wanted 1 to 3") }
        guard let outside = Outside(rawValue: padding) else {
            throw Misfit("padding_mode is \(padding), wanted 1 to 3")
        }
        self.kind = kind
        self.outside = outside
        alignsCorners = try source.flag("align_corner")
        coordinatesAreOuter = try source.flag("permute_fusion")
    }

    func run(_ bottoms: [Tensor]) throws -> [Tensor] {
        let (bottom, grid) = (try bottoms.bottom(0), try bottoms.bottom(1))
        let rank = bottom.axisCount - 1
        guard rank == 2 || rank == 3 else { throw Misfit("has a bottom of shape \(bottom.shape), wanted 3 or 4 axes") }
        guard rank == 2 || kind != .bicubic else {
            throw Misfit("has a bottom of shape \(bottom.shape), wanted 3 axes for bicubic")
        }
        guard grid.axisCount == bottom.axisCount, (coordinatesAreOuter ? grid.outerCount : grid.width) == rank else {
            throw Misfit("has a grid of shape \(grid.shape), wanted \(rank) coordinates for shape \(bottom.shape)")
        }
        let places = coordinatesAreOuter ? Array(grid.shape.dropFirst()) : grid.shape.dropLast()
        let count = grid.count / rank
        let (depth, height, width) = (bottom.depth, bottom.height, bottom.width)
        let top = try bottom.withFloats { values in
            try grid.withFloats { grid in
                try Tensor(floats: [bottom.channels] + places) { out in
                    nonisolated(unsafe) let out = out
                    Threads.each(count) { place in
                        func taps(_ axis: Int, _ extent: Int) -> Taps {
                            self.taps(grid[coordinatesAreOuter ? axis * count + place : place * rank + axis], extent)
                        }
                        let (x, y) = (taps(0, width), taps(1, height))
                        let z = rank == 3 ? taps(2, depth) : Taps()
                        for channel in 0..<bottom.channels {
                            let block = UnsafeBufferPointer(
                                rebasing: values[channel * bottom.innerCount..<(channel + 1) * bottom.innerCount])
                            out[channel * count + place] = Self.value(block, (depth, height, width), (z, y, x))
                        }
                    }
                }
            }
        }
        return [top]
    }

    /// The weighted sum of the elements, innermost axis first.
    private static func value(
        _ block: UnsafeBufferPointer<Float>, _ extents: (Int, Int, Int), _ taps: (z: Taps, y: Taps, x: Taps)
    ) -> Float {
        var sum: Float = 0
        for z in 0..<taps.z.count {
            var plane: Float = 0
            for y in 0..<taps.y.count {
                let (depth, height) = (taps.z.indexes[z], taps.y.indexes[y])
                let isInside = (0..<extents.0).contains(depth) && (0..<extents.1).contains(height)
                var row: Float = 0
                for x in 0..<taps.x.count {
                    let width = taps.x.indexes[x]
                    let value =
                        isInside && (0..<extents.2).contains(width)
                        ? block[(depth * extents.1 + height) * extents.2 + width] : 0
                    row += value * taps.x.weights[x]
                }
                plane += row * taps.y.weights[y]
            }
            sum += plane * taps.z.weights[z]
        }
        return sum
    }

    // MARK: Coordinates

    /// The elements that a coordinate between -1 and 1 is made of.
    private func taps(_ coordinate: Float, _ extent: Int) -> Taps {
        let position =
            alignsCorners
            ? (coordinate + 1) / 2 * Float(extent - 1) : ((coordinate + 1) * Float(extent) - 1) / 2
        switch kind {
        case .nearest:
            let index = (moved(position, extent) + 0.5).floorIndex
            return Taps(count: 1, indexes: SIMD4(repeating: index))
        case .bilinear:
            let position = moved(position, extent)
            let index = position.floorIndex
            let fraction = position - Float(index)
            return Taps(
                count: 2, indexes: SIMD4(index, index + 1, 0, 0), weights: SIMD4(1 - fraction, fraction, 0, 0))
        case .bicubic:
            // Here each neighbour is moved into the bottom on its own.
            let index = position.floorIndex
            var taps = Taps(count: 4, weights: SIMD4(Cubic.weights(position - Float(index))))
            for tap in 0..<4 {
                let neighbour = moved(Float(index + tap - 1), extent).rounded(.towardZero)
                taps.indexes[tap] = neighbour.floorIndex
            }
            return taps
        }
    }

    /// A position outside of an axis moved to where its value is taken from.
    private func moved(_ position: Float, _ extent: Int) -> Float {
        func bordered(_ position: Float) -> Float { min(Float(extent - 1), max(position, 0)) }
        // Once only: with aligned corners, what lies farther out is still outside behind it. There the runtime's x86 layer
        // agrees in whole vectors of eight places and takes the border in the rest.
        func reflected(_ position: Float, _ high: Float) -> Float { high - abs(abs(position) - high) }
        switch outside {
        case .zeros: return position
        case .border: return bordered(position)
        case .reflection:
            return alignsCorners
                ? reflected(position, Float(extent - 1))
                : bordered(reflected(position + 0.5, Float(extent)) - 0.5)
        }
    }
}
