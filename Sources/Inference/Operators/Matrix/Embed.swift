import Numerics

/// Rows of a table by their numbers (ncnn src/layer/embed.cpp at a4d2ea1d).
struct Embed: Operator {
    private enum Table: Sendable {
        case float(Matrix<Float>)
        case int8(Matrix<Int8>, scale: Float)
    }

    private let table: Table
    private let bias: [Float]?
    /// Number of rows.
    private let words: Int
    /// Elements of a row.
    private let width: Int

    init(_ source: LayerSource) throws {
        (words, width) = (try source.int("input_dim"), try source.int("num_output"))
        bias = try source.floatWeight("bias_data")
        switch source.weight("weight_data") {
        case .float(let values):
            table = .float(try Matrix(rows: words, columns: width, values))
        case .int8(let bytes):
            guard let scale = try source.requiredFloats("weight_data_int8_scale").first else {
                throw Misfit("has no weight_data_int8_scale")
            }
            table = .int8(try Matrix(rows: words, columns: width, bytes), scale: scale)
        case nil:
            throw Misfit("has no weight_data")
        }
    }

    func run(_ bottoms: [Tensor]) throws -> [Tensor] {
        let bottom = try bottoms.bottom(0)
        let indexes = try bottom.int32s()
        // ncnn takes the first row of a bottom that has more.
        guard indexes.count == bottom.width else {
            throw Misfit("the bottom's shape is \(bottom.shape), wanted one row of indexes")
        }
        let top = try Tensor(floats: [indexes.count, width]) { out in
            for (word, index) in indexes.enumerated() {
                let row = min(max(Int(index), 0), words - 1)
                for column in 0..<width {
                    out[word * width + column] = self[row, column] + (bias?[column] ?? 0)
                }
            }
        }
        return [top]
    }

    private subscript(row: Int, column: Int) -> Float {
        switch table {
        case .float(let table): table.elements[row * width + column]
        case .int8(let table, let scale): Float(table.elements[row * width + column]) * (1 / scale)
        }
    }
}
