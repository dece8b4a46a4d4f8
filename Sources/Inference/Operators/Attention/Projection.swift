import Numerics

/// A matrix of weights and what is added to each row of it.
struct Projection: Sendable {
    private let weights: Factor
    private let bias: [Float]
    private let inputs: Int

    /// Reads the weights of this name.
    ///
    /// - Parameters:
    ///   - side: which factor they are: the left for `heads`, the right for `rows`.
    ///   - scales: the end of the name of the scales; nil where the weights are floats.
    /// - Throws: `Misfit` where they are stored otherwise or are not as many.
    init(_ source: LayerSource, _ name: String, _ side: PanelSide, rows: Int, columns: Int, scales: String?) throws {
        inputs = columns
        bias = try source.requiredFloats("\(name)_bias_data")
        guard bias.count == rows else { throw Misfit("has \(bias.count) biases for \(rows) rows of \(name)") }
        let array = "\(name)_weight_data"
        switch (source.weight(array), scales) {
        case (.int8(let bytes), let scales?):
            let matrix = try Matrix(rows: rows, columns: columns, bytes)
            weights = .int8(
                try QuantizedPanels(
                    bytes, side, matrix.lanes(isTurned: false), scales: source.requiredFloats("\(array)_\(scales)")))
        case (.float(let values), nil):
            let matrix = try Matrix(rows: rows, columns: columns, values)
            weights = .float(Panels(side, matrix.lanes(isTurned: false), of: values))
        case (.float, _): throw Misfit("\(array) is stored as floats, wanted int8")
        case (.int8, nil): throw Misfit("\(array) is stored as int8, wanted floats")
        case (nil, _): throw Misfit("has no \(array)")
        }
    }

    /// A bottom as the right factor, as projections of the same kind may share it; quantized with one scale where the weights are.
    func factor(of bottom: Tensor) throws -> Factor {
        guard bottom.axisCount == 2, bottom.width == inputs else {
            throw Misfit("a bottom has shape \(bottom.shape), wanted rows of \(inputs)")
        }
        let (lanes, values) = (Lanes.rows(bottom.height, of: inputs), try bottom.floats())
        switch weights {
        case .float: return .float(Panels(.right, lanes, of: values))
        case .int8: return .int8(QuantizedPanels(quantizing: values, .right, lanes, scale: .common))
        }
    }

    /// The rows of a bottom, projected, scaled and cut into heads.
    ///
    /// The weights have a scale for each row.
    func heads(_ count: Int, of bottom: Factor, scale: Float = 1) throws -> Tensor {
        let positions = bottom.extents.lanes
        guard bottom.extents.depth == inputs else {
            throw Misfit("a bottom has rows of \(bottom.extents.depth), wanted \(inputs)")
        }
        // The weights are the left factor, so that each of their rows has its own scale.
        let size = try Tensor.count(of: [bias.count, positions])
        let columns = try [Float](unsafeUninitializedCapacity: size) { columns, initialized in
            initialized = size
            let columns = UnsafeMutableBufferPointer(rebasing: columns[..<size])
            switch (weights, bottom) {
            case (.float(let weights), .float(let bottom)): MatrixProduct.multiply(weights, bottom, into: columns)
            case (.int8(let weights), .int8(let bottom)): weights.multiply(bottom, into: columns)
            case (.float, .int8), (.int8, .float): throw Misfit("has one factor in int8 and one in float")
            }
        }
        let width = bias.count / count
        return try Tensor(everyFloat: [count, positions, width]) { out in
            columns.withUnsafeBufferPointer { columns in
                bias.withUnsafeBufferPointer { bias in
                    guard let out = out.baseAddress, let columns = columns.baseAddress, let bias = bias.baseAddress
                    else { return }
                    Threads.each(count) { head in
                        let first = head * width
                        RowKernels.fast.turn(
                            columns + first * positions, width, positions, positions, bias + first, scale,
                            out + first * positions)
                    }
                }
            }
        }
    }

    /// The positions of all heads beside each other, projected.
    ///
    /// Each position is quantized with a scale of its own, the weights have one.
    func rows(of heads: Tensor) throws -> Tensor {
        let (count, positions, size) = (heads.channels, heads.height, heads.width)
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
        let lanes = Lanes.rows(positions, of: count * size)
        return try Tensor(everyFloat: [positions, bias.count]) { out in
            switch weights {
            case .float(let weights):
                MatrixProduct.multiply(Panels(.left, lanes, of: rows), weights, into: out)
            case .int8(let weights):
                QuantizedPanels(quantizing: rows, .left, lanes, scale: .ofEachRow).multiply(weights, into: out)
            }
            bias.withUnsafeBufferPointer { bias in
                for position in 0..<positions {
                    let row = position * bias.count
                    for index in 0..<bias.count { out[row + index] += bias[index] }
                }
            }
        }
    }
}
