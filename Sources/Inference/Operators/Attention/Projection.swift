import Numerics

/// A matrix of weights and what is added to each row of it, cut into heads.
struct Projection: Sendable {
    /// A right matrix for each head, so that its columns stand where attention wants them.
    private let weights: Factor
    private let bias: [Float]
    private let inputs: Int
    private let heads: Int

    /// Reads the weights of this name.
    ///
    /// - Parameters:
    ///   - heads: how many heads the rows are shared out over.
    ///   - scales: the end of the name of the scales; nil where the weights are floats.
    /// - Throws: `Misfit` where they are stored otherwise or are not as many.
    init(
        _ source: LayerSource, _ name: String, heads: Int = 1, rows: Int, columns: Int, scales: String?
    ) throws {
        self.heads = heads
        inputs = columns
        bias = try source.requiredFloats("\(name)_bias_data")
        guard bias.count == rows else { throw Misfit("has \(bias.count) biases for \(rows) rows of \(name)") }
        let array = "\(name)_weight_data"
        let lanes = Lanes.rows(rows / heads, of: columns)
        switch (source.weight(array), scales) {
        case (.int8(let bytes), let scales?):
            let matrix = try Matrix(rows: rows, columns: columns, bytes)
            weights = .int8(
                try QuantizedPanels(
                    matrix.elements, .right, lanes, scales: source.requiredFloats("\(array)_\(scales)")))
        case (.float(let values), nil):
            let matrix = try Matrix(rows: rows, columns: columns, values)
            weights = .float(Panels(.right, lanes, of: matrix.elements))
        case (.float, _): throw Misfit("\(array) is stored as floats, wanted int8")
        case (.int8, nil): throw Misfit("\(array) is stored as int8, wanted floats")
        case (nil, _): throw Misfit("has no \(array)")
        }
    }

    /// A bottom as the left factor, as projections of the same kind may share it; quantized with one scale where the weights are.
    func factor(of bottom: Tensor) throws -> Factor {
        guard bottom.axisCount == 2, bottom.width == inputs else {
            throw Misfit("a bottom has shape \(bottom.shape), wanted rows of \(inputs)")
        }
        return factor(try bottom.floats(), scale: .common)
    }

    private func factor(_ rows: [Float], scale: QuantizedPanels.Sharing) -> Factor {
        let lanes = Lanes.rows(rows.count / inputs, of: inputs)
        switch weights {
        case .float: return .float(Panels(.left, lanes, of: rows))
        case .int8: return .int8(QuantizedPanels(quantizing: rows, .left, lanes, scale: scale))
        }
    }

    /// The rows of a bottom, projected, scaled and cut into heads.
    func heads(of bottom: Factor, scale: Float = 1) throws -> Tensor {
        let (positions, depth) = bottom.extents
        guard depth == inputs else { throw Misfit("a bottom has rows of \(depth), wanted \(inputs)") }
        return try Tensor(everyFloat: [heads, positions, bias.count / heads]) {
            try multiply(bottom, scale: scale, into: $0)
        }
    }

    /// Refuses heads of a past that this projection cannot have made.
    func check(past: Tensor) throws {
        let size = bias.count / heads
        guard (2...3).contains(past.axisCount), past.channels == heads, past.width == size else {
            throw Misfit("a cache has shape \(past.shape), wanted \(heads) heads with rows of \(size)")
        }
    }

    /// The positions of all heads beside each other, projected; where the weights are quantized, each with a scale of its own.
    func rows(of heads: Tensor) throws -> Tensor {
        let (count, positions, size) = (heads.channels, heads.height, heads.width)
        guard count * size == inputs else {
            throw Misfit("has \(count) heads with rows of \(size), wanted \(inputs) elements for each position")
        }
        let rows = try heads.withFloats { values in
            [Float](unsafeUninitializedCapacity: values.count) { rows, initialized in
                initialized = values.count
                guard let from = values.baseAddress, let to = rows.baseAddress else { return }
                for head in 0..<count {
                    for position in 0..<positions {
                        (to + (position * count + head) * size).initialize(
                            from: from + (head * positions + position) * size, count: size)
                    }
                }
            }
        }
        return try Tensor(everyFloat: [positions, bias.count]) {
            try multiply(factor(rows, scale: .ofEachRow), scale: 1, into: $0)
        }
    }

    /// Writes `(left · weights + bias) * scale` for each head.
    private func multiply(_ left: Factor, scale: Float, into out: UnsafeMutableBufferPointer<Float>) throws {
        let width = bias.count / heads
        let size = left.extents.lanes * width
        precondition(out.count == heads * size, "the projection does not fit")
        func eachHead(_ body: (Int, UnsafePointer<Float>, UnsafeMutableBufferPointer<Float>) -> Void) {
            bias.withUnsafeBufferPointer { bias in
                guard let bias = bias.baseAddress else { return }
                func one(_ head: Int) {
                    body(
                        head, bias + head * width,
                        UnsafeMutableBufferPointer(rebasing: out[head * size..<(head + 1) * size]))
                }
                if heads.isMultiple(of: Threads.limit) || heads >= 4 * Threads.limit {
                    Threads.each(heads, one)
                } else {
                    // Few heads that threads cannot have equally many of: they share the product of each instead.
                    for head in 0..<heads { one(head) }
                }
            }
        }
        switch (left, weights) {
        case (.float(let left), .float(let weights)):
            eachHead { head, bias, out in
                MatrixProduct.multiply(left, weights, matrix: head, startingWith: .ofColumn(bias), into: out)
                if scale != 1 {
                    for index in out.indices { out[index] *= scale }
                }
            }
        case (.int8(let left), .int8(let weights)):
            eachHead { head, bias, out in
                left.multiply(weights, matrix: head, ColumnAffine(addends: bias, factor: scale), into: out)
            }
        case (.float, .int8), (.int8, .float):
            throw Misfit("has one factor in int8 and one in float")
        }
    }
}
