import Numerics

/// Elements over the root of a sum of squares, times learnt factors (ncnn src/layer/normalize.cpp at a4d2ea1d).
struct Normalize: Operator {
    private let isAcrossSpace: Bool
    private let isAcrossChannels: Bool
    /// One for all channels, or one for each.
    private let isShared: Bool
    private let factors: [Float]
    /// The factor for a sum of squares.
    private let inverse: @Sendable (Float) -> Float

    private static let product = Formula { x, factor in x * factor }

    init(_ source: LayerSource) throws {
        isAcrossSpace = try source.flag("across_spatial")
        isAcrossChannels = try source.flag("across_channel")
        isShared = try source.flag("channel_shared")
        factors = try source.requiredFloats("scale_data")
        let eps = try source.float("eps")
        inverse =
            switch try source.int("eps_mode") {
            case 0: { 1 / ($0 + eps).squareRoot() }
            case 1: { 1 / max($0.squareRoot(), eps) }
            default: { 1 / max($0, eps).squareRoot() }
            }
    }

    func run(_ bottoms: [Tensor]) throws -> [Tensor] {
        let bottom = try bottoms.bottom(0)
        guard !bottom.isEmpty, isShared || factors.count >= bottom.channels else {
            throw Misfit("has \(factors.count) factors for shape \(bottom.shape)")
        }
        guard isAcrossSpace || isAcrossChannels else { return [bottom] }
        let planes = try bottom.planes
        let top = isAcrossSpace ? try acrossSpace(planes) : try acrossChannels(planes)
        return [try top.reshaped(bottom.shape)]
    }

    private func factor(_ channel: Int) -> Float {
        isShared ? factors[0] : factors[channel]
    }

    /// One sum for each channel, or for all.
    private func acrossSpace(_ planes: Tensor) throws -> Tensor {
        let size = planes.innerCount
        var squares = try planes.withFloats { values in
            (0..<planes.outerCount).map { channel in
                guard let plane = values.baseAddress.map({ $0 + channel * size }) else { return Float(0) }
                return VectorKernels.dot(plane, plane, count: size)
            }
        }
        if isAcrossChannels { squares = squares.map { [sum = squares.reduce(0, +)] _ in sum } }
        return try Self.product(planes) { (inverse(squares[$0]) * factor($0), 0, 0) }
    }

    /// One sum for each place, over its channels.
    private func acrossChannels(_ planes: Tensor) throws -> Tensor {
        let size = planes.innerCount
        return try planes.mappingFloats { values in
            var squares = [Float](repeating: 0, count: size)
            for (index, value) in values.enumerated() { squares[index % size] += value * value }
            let inverses = squares.map(inverse)
            for index in values.indices {
                // A common factor joins the sum's before the elements do, as in ncnn.
                values[index] =
                    isShared
                    ? values[index] * (inverses[index % size] * factors[0])
                    : values[index] * inverses[index % size] * factors[index / size]
            }
        }
    }
}
