import Numerics

/// `alpha * (A · B + beta * C)`, each of the three a constant or a bottom (ncnn src/layer/gemm.cpp at a4d2ea1d).
struct Gemm: Operator {
    /// A factor: floats, or bytes that the file holds with their scales.
    private enum Factor: Sendable {
        case float(Matrix<Float>)
        case int8(QuantizedRows)
    }

    /// C, and how far apart its elements lie for the next row and the next column of the product.
    private struct Addend {
        let values: [Float]
        let rowStep: Int
        let columnStep: Int
    }

    private let alpha: Float
    private let beta: Float
    private let isATransposed: Bool
    private let isBTransposed: Bool
    private let isN1M: Bool
    private let isOutputTransposed: Bool
    private let isInt8: Bool
    /// A with a row for each row of the product; nil where it is a bottom.
    private let constantA: Factor?
    /// B: floats with a column, bytes with a row for each column of the product; nil where it is a bottom.
    private let constantB: Factor?
    private let isCConstant: Bool
    private let constantC: [Float]?
    /// ncnn's number of the shape of a constant C.
    private let broadcast: Int

    init(_ source: LayerSource) throws {
        let term = try source.int("quantize_term")
        // ncnn refuses 4 to 6; 400 and above are blocks of weights with 4, 6 or 8 bits.
        guard !(4...6).contains(term), term < 400 else {
            throw Misfit("quantize_term is \(term), wanted 0 or int8 with a scale for each row")
        }
        let (m, n, k) = (try source.int("constantM"), try source.int("constantN"), try source.int("constantK"))
        self.alpha = try source.float("alpha")
        self.beta = try source.float("beta")
        self.isATransposed = try source.flag("transA")
        self.isBTransposed = try source.flag("transB")
        self.isN1M = try source.flag("output_N1M")
        self.isOutputTransposed = try source.flag("output_transpose")
        self.isInt8 = term != 0
        self.isCConstant = try source.flag("constantC")
        self.constantC = try source.floatWeight("C_data")
        self.broadcast = try source.int("constant_broadcast_type_C")
        self.constantA =
            try source.flag("constantA")
            ? Self.factor(
                source, "A_data", scales: "A_data_int8_scales", rows: isATransposed ? k : m,
                columns: isATransposed ? m : k, turnsFloats: isATransposed, turnsBytes: isATransposed)
            : nil
        self.constantB =
            try source.flag("constantB")
            ? Self.factor(
                source, "B_data", scales: "B_data_int8_scale", rows: isBTransposed ? n : k,
                columns: isBTransposed ? k : n, turnsFloats: isBTransposed, turnsBytes: !isBTransposed)
            : nil
    }

    private static func factor(
        _ source: LayerSource, _ name: String, scales: String, rows: Int, columns: Int, turnsFloats: Bool,
        turnsBytes: Bool
    ) throws -> Factor {
        switch source.weight(name) {
        case .float(let values):
            let matrix = try Matrix(rows: rows, columns: columns, values)
            return .float(turnsFloats ? matrix.transposed : matrix)
        case .int8(let bytes):
            let matrix = try Matrix(rows: rows, columns: columns, bytes)
            return .int8(
                try QuantizedRows(turnsBytes ? matrix.transposed : matrix, scales: source.requiredFloats(scales)))
        case nil:
            throw Misfit("has no \(name)")
        }
    }

    func run(_ bottoms: [Tensor]) throws -> [Tensor] {
        let product = try isInt8 ? int8Product(bottoms) : floatProduct(bottoms)
        let (rows, columns) = (product.rows, product.columns)
        let addend = try addend(bottoms, rows: rows, columns: columns)
        let extents = isOutputTransposed ? [columns, rows] : [rows, columns]
        let top = try Tensor(floats: isN1M ? [extents[0], 1, extents[1]] : extents) { out in
            for row in 0..<rows {
                for column in 0..<columns {
                    var value = product.elements[row * columns + column]
                    if let addend {
                        value += addend.values[row * addend.rowStep + column * addend.columnStep] * beta
                    }
                    out[isOutputTransposed ? column * rows + row : row * columns + column] = value * alpha
                }
            }
        }
        return [top]
    }

    // MARK: A · B

    private func floatProduct(_ bottoms: [Tensor]) throws -> Matrix<Float> {
        let left = try constantA.map(Self.floats) ?? bottomA(bottoms)
        let (right, isTransposed) =
            try constantB.map { (try Self.floats($0), false) } ?? (Matrix(bottomB(bottoms)), isBTransposed)
        try checkInner(left.columns, isTransposed ? right.columns : right.rows)
        return MatrixProduct.float(left, right, isTransposed: isTransposed)
    }

    private func int8Product(_ bottoms: [Tensor]) throws -> Matrix<Float> {
        let left: QuantizedRows =
            switch constantA {
            case .int8(let rows): rows
            case .float(let floats): QuantizedRows(quantizing: floats, scale: .ofEachRow)
            case nil: QuantizedRows(quantizing: try bottomA(bottoms), scale: .ofEachRow)
            }
        let right: QuantizedRows
        switch constantB {
        case .int8(let rows): right = rows
        case .float(let floats): right = QuantizedRows(quantizing: floats.transposed, scale: .common)
        case nil:
            let bottom = try Matrix(bottomB(bottoms))
            right = QuantizedRows(quantizing: isBTransposed ? bottom : bottom.transposed, scale: .common)
        }
        try checkInner(left.bytes.columns, right.bytes.columns)
        return left.product(withColumns: right)
    }

    private func bottomA(_ bottoms: [Tensor]) throws -> Matrix<Float> {
        let matrix = try Matrix(bottoms.bottom(0))
        return isATransposed ? matrix.transposed : matrix
    }

    private func bottomB(_ bottoms: [Tensor]) throws -> Tensor {
        try bottoms.bottom(constantA == nil ? 1 : 0)
    }

    private func checkInner(_ left: Int, _ right: Int) throws {
        guard left == right else { throw Misfit("rows of A have \(left) elements, columns of B have \(right)") }
    }

    private static func floats(_ factor: Factor) throws -> Matrix<Float> {
        guard case .float(let matrix) = factor else { throw Misfit("has int8 weights, but quantize_term is 0") }
        return matrix
    }

    // MARK: C

    private func addend(_ bottoms: [Tensor], rows: Int, columns: Int) throws -> Addend? {
        // By ncnn's numbers; a vector of M goes down the rows.
        let table: [(shape: [Int], rowStep: Int, columnStep: Int)] = [
            ([1], 0, 0), ([rows], 1, 0), ([rows, 1], 1, 0), ([rows, columns], columns, 1), ([columns], 0, 1),
        ]
        if let constantC {
            guard table.indices.contains(broadcast), table[broadcast].shape.reduce(1, *) == constantC.count else {
                throw Misfit("C has \(constantC.count) elements in form \(broadcast), A · B is \(rows) x \(columns)")
            }
            return Addend(
                values: constantC, rowStep: table[broadcast].rowStep, columnStep: table[broadcast].columnStep)
        }
        let index = (constantA == nil ? 1 : 0) + (constantB == nil ? 1 : 0)
        guard !isCConstant, bottoms.indices.contains(index), !bottoms[index].isEmpty else { return nil }
        let values = try bottoms[index].floats()
        if values.count == 1 { return Addend(values: values, rowStep: 0, columnStep: 0) }
        // The last that fits counts; where M is N, a vector goes along the columns.
        let shape = bottoms[index].shape == [1, columns] ? [columns] : bottoms[index].shape
        guard let form = table.last(where: { $0.shape == shape }) else {
            throw Misfit("C has shape \(bottoms[index].shape), A · B is \(rows) x \(columns)")
        }
        return Addend(values: values, rowStep: form.rowStep, columnStep: form.columnStep)
    }
}
