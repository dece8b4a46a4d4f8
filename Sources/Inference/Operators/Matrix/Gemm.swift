import Numerics

/// `alpha * (A · B + beta * C)`, each of the three a constant or a bottom (ncnn src/layer/gemm.cpp at a4d2ea1d).
struct Gemm: Operator {
    /// C, and how far apart its elements lie for the next row and the next column of the product.
    private struct Addend {
        let values: [Float]
        let rowStep: Int
        let columnStep: Int

        var isOfColumns: Bool { rowStep == 0 && columnStep == 1 }
    }

    private let alpha: Float
    private let beta: Float
    private let isATransposed: Bool
    private let isBTransposed: Bool
    private let isN1M: Bool
    private let isOutputTransposed: Bool
    private let isInt8: Bool
    /// A; nil where it is a bottom.
    private let constantA: Factor?
    /// B; nil where it is a bottom.
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
                source, "A_data", scales: "A_data_int8_scales", .left, rows: isATransposed ? k : m,
                columns: isATransposed ? m : k, isTurned: isATransposed, isInt8: isInt8)
            : nil
        self.constantB =
            try source.flag("constantB")
            ? Self.factor(
                source, "B_data", scales: "B_data_int8_scale", .right, rows: isBTransposed ? n : k,
                columns: isBTransposed ? k : n, isTurned: !isBTransposed, isInt8: isInt8)
            : nil
    }

    /// A stored factor.
    ///
    /// - Parameter isTurned: whether lanes of the panels are columns of the stored matrix.
    private static func factor(
        _ source: LayerSource, _ name: String, scales: String, _ side: PanelSide, rows: Int, columns: Int,
        isTurned: Bool, isInt8: Bool
    ) throws -> Factor {
        switch source.weight(name) {
        case .float(let values):
            return factor(try Matrix(rows: rows, columns: columns, values), side, isTurned: isTurned, isInt8: isInt8)
        case .int8(let bytes):
            guard isInt8 else { throw Misfit("has int8 weights, but quantize_term is 0") }
            let matrix = try Matrix(rows: rows, columns: columns, bytes)
            return .int8(
                try QuantizedPanels(
                    bytes, side, matrix.lanes(isTurned: isTurned), scales: source.requiredFloats(scales)))
        case nil:
            throw Misfit("has no \(name)")
        }
    }

    /// Floats as a factor, quantized where the layer is int8: the left with a scale for each row, the right with one.
    private static func factor(
        _ matrix: Matrix<Float>, _ side: PanelSide, isTurned: Bool, isInt8: Bool
    ) -> Factor {
        guard isInt8 else { return .float(Panels(side, matrix.lanes(isTurned: isTurned), of: matrix.elements)) }
        let isLeft = side == .left
        let matrix = isLeft && isTurned ? matrix.transposed : matrix
        return .int8(
            QuantizedPanels(
                quantizing: matrix.elements, side, matrix.lanes(isTurned: isTurned && !isLeft),
                scale: isLeft ? .ofEachRow : .common))
    }

    func run(_ bottoms: [Tensor]) throws -> [Tensor] {
        let left = try constantA ?? bottom(0, of: bottoms, .left, isTurned: isATransposed)
        let right =
            try constantB ?? bottom(constantA == nil ? 1 : 0, of: bottoms, .right, isTurned: !isBTransposed)
        let ((rows, depth), (columns, otherDepth)) = (left.extents, right.extents)
        guard depth == otherDepth else {
            throw Misfit("rows of A have \(depth) elements, columns of B have \(otherDepth)")
        }
        let addend = try addend(bottoms, rows: rows, columns: columns)
        let product = try Tensor(everyFloat: [rows, columns]) { out in
            switch (left, right) {
            case (.float(let left), .float(let right)):
                MatrixProduct.multiply(left, right, into: out)
            case (.int8(let left), .int8(let right)):
                if let addend, addend.isOfColumns, beta == 1 {
                    addend.values.withUnsafeBufferPointer {
                        left.multiply(right, $0.baseAddress.map { ColumnAffine(addends: $0, factor: alpha) }, into: out)
                    }
                    return
                }
                left.multiply(right, into: out)
            case (.float, .int8), (.int8, .float):
                throw Misfit("has one factor in int8 and one in float")
            }
            finish(out, columns: columns, addend)
        }
        guard isOutputTransposed else { return [isN1M ? try product.reshaped([rows, 1, columns]) : product] }
        let turned = Matrix(checked: rows, columns, try product.floats()).transposed
        return [try Tensor(isN1M ? [columns, 1, rows] : [columns, rows], turned.elements)]
    }

    private func bottom(
        _ index: Int, of bottoms: [Tensor], _ side: PanelSide, isTurned: Bool
    ) throws -> Factor {
        Self.factor(try Matrix(bottoms.bottom(index)), side, isTurned: isTurned, isInt8: isInt8)
    }

    /// Adds C times beta to the product and multiplies with alpha.
    private func finish(_ out: UnsafeMutableBufferPointer<Float>, columns: Int, _ addend: Addend?) {
        guard addend != nil || alpha != 1 else { return }
        let (alpha, beta) = (alpha, beta)
        Threads.each(out.count / columns) { row in
            let values = UnsafeMutableBufferPointer(rebasing: out[row * columns..<(row + 1) * columns])
            guard let addend else {
                for column in 0..<columns { values[column] *= alpha }
                return
            }
            addend.values.withUnsafeBufferPointer { all in
                let addends = UnsafeBufferPointer(rebasing: all[(row * addend.rowStep)...])
                if addend.columnStep == 0 {
                    let number = addends[0] * beta
                    for column in 0..<columns { values[column] = (values[column] + number) * alpha }
                } else {
                    for column in 0..<columns { values[column] = (values[column] + addends[column] * beta) * alpha }
                }
            }
        }
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
