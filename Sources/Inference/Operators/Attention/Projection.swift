import Numerics

/// A matrix of weights and what is added to each row of it.
struct Projection: Sendable {
    private enum Weights: Sendable {
        case float(Matrix<Float>)
        case int8(QuantizedRows)
    }

    private let weights: Weights
    private let bias: [Float]
    private let inputs: Int

    /// Reads the weights of this name.
    ///
    /// - Parameter scales: the end of the name of the scales; nil where the weights are floats.
    /// - Throws: `Misfit` where they are stored otherwise or are not as many.
    init(_ source: LayerSource, _ name: String, rows: Int, columns: Int, scales: String?) throws {
        inputs = columns
        bias = try source.requiredFloats("\(name)_bias_data")
        guard bias.count == rows else { throw Misfit("has \(bias.count) biases for \(rows) rows of \(name)") }
        let array = "\(name)_weight_data"
        switch (source.weight(array), scales) {
        case (.int8(let bytes), let scales?):
            let matrix = try Matrix(rows: rows, columns: columns, bytes)
            weights = .int8(try QuantizedRows(matrix, scales: source.requiredFloats("\(array)_\(scales)")))
        case (.float(let values), nil):
            weights = .float(try Matrix(rows: rows, columns: columns, values))
        case (.float, _): throw Misfit("\(array) is stored as floats, wanted int8")
        case (.int8, nil): throw Misfit("\(array) is stored as int8, wanted floats")
        case (nil, _): throw Misfit("has no \(array)")
        }
    }

    /// The rows of a bottom, projected, scaled and cut into heads.
    ///
    /// The bottom is quantized with one scale, the weights have one for each row.
    func heads(_ count: Int, of bottom: Tensor, scale: Float = 1) throws -> Tensor {
        guard bottom.axisCount == 2, bottom.width == inputs else {
            throw Misfit("a bottom has shape \(bottom.shape), wanted rows of \(inputs)")
        }
        let positions = try Matrix(bottom)
        let columns =
            switch weights {
            case .float(let weights): MatrixProduct.float(weights, positions, isTransposed: true)
            case .int8(let weights):
                weights.product(withColumns: QuantizedRows(quantizing: positions, scale: .common))
            }
        let size = columns.rows / count
        return try Tensor(floats: [count, positions.rows, size]) { out in
            for row in 0..<columns.rows {
                let start = row / size * positions.rows * size + row % size
                for position in 0..<positions.rows {
                    let value = columns.elements[row * positions.rows + position]
                    out[start + position * size] = (value + bias[row]) * scale
                }
            }
        }
    }

    /// The positions of all heads beside each other, projected.
    ///
    /// Each position is quantized with a scale of its own, the weights have one.
    func rows(of heads: Tensor) throws -> Tensor {
        let (count, positions, size) = (heads.channels, heads.height, heads.width)
        let values = try heads.floats()
        var rows = [Float](repeating: 0, count: values.count)
        for head in 0..<count {
            for position in 0..<positions {
                for index in 0..<size {
                    rows[(position * count + head) * size + index] =
                        values[(head * positions + position) * size + index]
                }
            }
        }
        let context = Matrix(checked: positions, count * size, rows)
        let product =
            switch weights {
            case .float(let weights): MatrixProduct.float(context, weights, isTransposed: true)
            case .int8(let weights): QuantizedRows(quantizing: context, scale: .ofEachRow).product(withColumns: weights)
            }
        var elements = product.elements
        for index in elements.indices { elements[index] += bias[index % bias.count] }
        return try Tensor([product.rows, product.columns], elements)
    }
}
