/// How the elements of a resized axis come from those of the old one: each is a sum of `taps` old elements with weights.
struct Resampling: Sendable {
    let taps: Int
    /// `taps` for each element of the new axis, within the old one.
    private(set) var indexes: [Int] = []
    private(set) var weights: [Float] = []

    /// The element that a factor leads to.
    ///
    /// - Parameter scale: old elements for each new one.
    static func nearest(_ extent: Int, to size: Int, scale: Float) -> Resampling {
        var result = Resampling(taps: 1)
        for place in 0..<size {
            result.append([(Float(place) * scale).floorIndex], [1], within: extent)
        }
        return result
    }

    /// Two neighbours by their distance.
    ///
    /// - Parameter scale: old elements for each new one; nil for the quotient of the extents.
    static func linear(_ extent: Int, to size: Int, scale: Double?, alignsCorners: Bool) -> Resampling {
        var result = Resampling(taps: 2)
        for place in 0..<size {
            let position = position(of: place, extent, size, scale, alignsCorners)
            var index = position.floorIndex
            var fraction = position - Float(index)
            if index < 0 { (index, fraction) = (0, 0) }
            if index >= extent - 1 { (index, fraction) = (extent - 2, 1) }
            result.append([index, index + 1], [1 - fraction, fraction], within: extent)
        }
        return result
    }

    /// Four neighbours by the cubic convolution. At the ends the weights of missing neighbours go to others, in ncnn's own
    /// way (src/layer/interp.cpp at a4d2ea1d, `cubic_coeffs`).
    static func cubic(_ extent: Int, to size: Int, scale: Double?, alignsCorners: Bool) -> Resampling {
        var result = Resampling(taps: 4)
        for place in 0..<size {
            let position = position(of: place, extent, size, scale, alignsCorners)
            var index = position.floorIndex
            var weights = Cubic.weights(position - Float(index))
            if index <= -1 { (index, weights) = (1, [1 - weights[3], weights[3], 0, 0]) }
            if index == 0 { (index, weights) = (1, [weights[0] + weights[1], weights[2], weights[3], 0]) }
            if index == extent - 2 {
                (index, weights) = (extent - 3, [0, weights[0], weights[1], weights[2] + weights[3]])
            }
            if index >= extent - 1 { (index, weights) = (extent - 3, [0, 0, weights[0], 1 - weights[0]]) }
            result.append((index - 1...index + 2).map { $0 }, weights, within: extent)
        }
        return result
    }

    /// Where a new element lies between the old ones.
    private static func position(
        of place: Int, _ extent: Int, _ size: Int, _ scale: Double?, _ alignsCorners: Bool
    ) -> Float {
        guard alignsCorners else {
            return Float((Double(place) + 0.5) * (scale ?? Double(extent) / Double(size)) - 0.5)
        }
        // Of one element only the first corner can be met.
        return size == 1 ? 0 : Float(Double(place) * (Double(extent - 1) / Double(size - 1)))
    }

    private init(taps: Int) {
        self.taps = taps
    }

    /// Neighbours of short axes may be missing; the nearest there is stands for them.
    private mutating func append(_ indexes: [Int], _ weights: [Float], within extent: Int) {
        self.indexes += indexes.map { min(max($0, 0), extent - 1) }
        self.weights += weights
    }
}
