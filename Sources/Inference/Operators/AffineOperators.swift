import Numerics

extension Operators {
    /// Factors and sums for each channel, and the norm that only scales.
    static let affineOperators: [OperatorType] = [
        OperatorType("BatchNorm") { try BatchNorm($0) },
        .function("Bias") { source in
            let biases = try source.requiredFloats("bias_data")
            return { bottoms in
                let bottom = try bottoms.bottom(0)
                // ncnn counts channels here, and a vector or matrix is one channel (src/layer/bias.cpp at a4d2ea1d).
                guard biases.count >= bottom.channels, !bottom.isEmpty else {
                    throw Misfit("has \(biases.count) biases for shape \(bottom.shape)")
                }
                let planes = try bottom.planes
                return [try sum(planes) { (biases[$0], 0, 0) }.reshaped(bottom.shape)]
            }
        },
        OperatorType("Normalize") { try Normalize($0) },
        OperatorType("Scale") { try Scale($0) },
    ]

    private static let sum = Formula { x, bias in x + bias }
}

extension Tensor {
    /// The same elements as a matrix with a row for each channel; a vector or matrix is one channel.
    var planes: Tensor {
        get throws(TensorError) { try reshaped([channels, count / channels]) }
    }
}
