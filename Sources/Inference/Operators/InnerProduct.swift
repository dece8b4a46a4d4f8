import Numerics

/// A fully connected layer, float or int8.
///
/// A matrix whose rows are as long as the weights' is taken row by row, everything else as one vector.
struct InnerProduct: Operator {
    let filter: Filter
    let activation: Activation

    func run(_ bottoms: [Tensor]) throws -> [Tensor] {
        let bottom = try bottoms.bottom(0)
        let isMatrix = bottom.axisCount == 2 && bottom.width == filter.rowCount
        guard isMatrix || bottom.count == filter.rowCount else {
            throw Misfit(
                "the bottom's shape is \(bottom.shape), \(filter.outputs) outputs have \(filter.rowCount) weights each")
        }
        let rows = isMatrix ? bottom.height : 1
        let shape = isMatrix ? [rows, filter.outputs] : [filter.outputs]
        return [
            try Tensor(floats: shape) { out in
                switch filter.weights {
                case .float(let weights):
                    try bottom.withFloats { multiply($0, by: weights, rows: rows, into: out) }
                case .int8(let weights):
                    let input = try Quantized.words(of: bottom, scale: weights.inputScale)
                    multiply(input, by: weights, rows: rows, into: out)
                }
            }
        ]
    }

    private func multiply(
        _ input: UnsafeBufferPointer<Float>, by weights: [Float], rows: Int, into out: UnsafeMutableBufferPointer<Float>
    ) {
        weights.withUnsafeBufferPointer { weights in
            guard let weights = weights.baseAddress, let input = input.baseAddress else { return }
            Threads.each(filter.outputs) { output in
                for row in 0..<rows {
                    let sum = VectorKernels.dot(
                        input + row * filter.rowCount, weights + output * filter.rowCount, count: filter.rowCount,
                        startingAt: filter.bias?[output] ?? 0)
                    out[row * filter.outputs + output] = activation(sum)
                }
            }
        }
    }

    private func multiply(
        _ input: [Int32], by weights: Filter.Int8Weights, rows: Int, into out: UnsafeMutableBufferPointer<Float>
    ) {
        weights.values.withUnsafeBufferPointer { values in
            input.withUnsafeBufferPointer { input in
                guard let values = values.baseAddress, let input = input.baseAddress else { return }
                Threads.each(filter.outputs) { output in
                    let scale = Quantized.dequantizer(input: weights.inputScale, weight: weights.scales[output])
                    for row in 0..<rows {
                        let sum = VectorKernels.dot(
                            input + row * filter.rowCount, values + output * filter.rowCount, count: filter.rowCount)
                        let value = Float(sum) * scale
                        out[row * filter.outputs + output] = activation(filter.bias.map { value + $0[output] } ?? value)
                    }
                }
            }
        }
    }
}
