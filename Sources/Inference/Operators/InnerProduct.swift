import Numerics

/// A fully connected layer, float or int8.
///
/// A matrix whose rows are as long as the weights' is taken row by row, everything else as one vector.
struct InnerProduct: Operator {
    private enum Weights: Sendable {
        case float(Panels<Float>)
        case int8(Panels<Int32>, Filter.Scales)
    }

    private let weights: Weights
    private let bias: [Float]?
    private let outputs: Int
    /// Weights of one output.
    private let depth: Int
    private let activation: Activation

    init(_ source: LayerSource) throws {
        let filter = try Filter(source, hasInt8: true)
        outputs = filter.outputs
        depth = filter.rowCount
        let lanes = Lanes.rows(filter.outputs, of: filter.rowCount)
        switch filter.weights {
        case .float(let values): weights = .float(Panels(.right, lanes, of: values))
        case .int8(let bytes, let scales): weights = .int8(Panels(.right, lanes, of: bytes), scales)
        }
        bias = filter.bias
        activation = try Activation(source)
    }

    func run(_ bottoms: [Tensor]) throws -> [Tensor] {
        let bottom = try bottoms.bottom(0)
        let isMatrix = bottom.axisCount == 2 && bottom.width == depth
        guard isMatrix || bottom.count == depth else {
            throw Misfit("the bottom's shape is \(bottom.shape), \(outputs) outputs have \(depth) weights each")
        }
        let rows = isMatrix ? bottom.height : 1
        return [
            try Tensor(everyFloat: isMatrix ? [rows, outputs] : [outputs]) { out in
                switch weights {
                case .float(let weights):
                    multiply(Panels(.left, .rows(rows, of: depth), of: try bottom.floats()), by: weights, into: out)
                case .int8(let weights, let scales):
                    let input = try Quantized.bytes(of: bottom, scale: scales.input)
                    multiply(Panels(.left, .rows(rows, of: depth), of: input), by: weights, scales, into: out)
                }
                activation.apply(to: out)
            }
        ]
    }

    private func multiply(
        _ input: Panels<Float>, by weights: Panels<Float>, into out: UnsafeMutableBufferPointer<Float>
    ) {
        let bias = self.bias ?? [Float](repeating: 0, count: outputs)
        bias.withUnsafeBufferPointer { bias in
            guard let bias = bias.baseAddress else { return }
            MatrixProduct.multiply(input, weights, startingWith: .ofColumn(bias), into: out)
        }
    }

    private func multiply(
        _ input: Panels<Int32>, by weights: Panels<Int32>, _ scales: Filter.Scales,
        into out: UnsafeMutableBufferPointer<Float>
    ) {
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: out.count) { sums in
            MatrixProduct.multiply(input, weights, into: sums)
            for output in 0..<outputs {
                let scale = scales.dequantizer(output)
                for index in stride(from: output, to: out.count, by: outputs) {
                    let value = Float(sums[index]) * scale
                    // Without a bias nothing is added, not 0: -0 stays what it is.
                    out[index] = bias.map { value + $0[output] } ?? value
                }
            }
        }
    }
}
