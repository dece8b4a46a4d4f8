import Numerics

/// The weights of a convolution: for each output channel a row over input channels and kernel elements.
struct Filter: Sendable {
    enum Weights: Sendable {
        case float([Float])
        case int8(Int8Weights)
    }

    /// Weights as signed bytes with what turns their sums back into floats.
    struct Int8Weights: Sendable {
        /// The weights, widened once.
        let values: [Int32]
        /// For each output channel the scale of its weights.
        let scales: [Float]
        /// The scale of the layer's input.
        let inputScale: Float
        /// The scale of its int8 output; nil where the output is float.
        let topScale: Float?
    }

    /// Number of output channels.
    let outputs: Int
    let weights: Weights
    /// One number for each output channel, or nil.
    let bias: [Float]?
    /// Weights of one output channel.
    let rowCount: Int

    /// - Throws: `Misfit` where the weights or the bias cannot be shared out over the output channels.
    init(outputs: Int, weights: Weights, bias: [Float]?) throws {
        let count =
            switch weights {
            case .float(let values): values.count
            case .int8(let int8): int8.values.count
            }
        guard outputs >= 1, count >= outputs, count.isMultiple(of: outputs) else {
            throw Misfit("has \(count) weights for \(outputs) output channels")
        }
        if let bias, bias.count != outputs {
            throw Misfit("has a bias of \(bias.count) elements for \(outputs) output channels")
        }
        self.outputs = outputs
        self.weights = weights
        self.bias = bias
        self.rowCount = count / outputs
    }

    /// Refuses weights that are not as many as input channels and kernel elements ask for.
    func check(inputs: Int, windows: [Window]) throws {
        // Divided, not multiplied: a product of params could overflow.
        var rest = rowCount
        for factor in windows.map(\.kernel) + [inputs] {
            rest = rest.isMultiple(of: factor) ? rest / factor : 0
        }
        guard rest == 1 else {
            let kernel = windows.map { "\($0.kernel)" }.joined(separator: "x")
            throw Misfit(
                "has \(rowCount) weights for each output channel, the bottom has \(inputs) channels in each group and the "
                    + "kernel is \(kernel)")
        }
    }

    /// The weights that a convolution stores, int8 where its scale term is set.
    ///
    /// Floats behind a scale term are quantized here, as ncnn does on loading.
    ///
    /// - Parameter isQuantizable: whether the layer type has an int8 form.
    init(_ source: LayerSource, hasInt8 isQuantizable: Bool) throws {
        let outputs = try source.int("num_output")
        let term = isQuantizable ? try source.int("int8_scale_term") : 0
        let bias = try source.floatWeight("bias_data")
        guard term != 0 else {
            try self.init(outputs: outputs, weights: .float(try source.requiredFloats("weight_data")), bias: bias)
            return
        }
        let scales = try source.requiredFloats("weight_data_int8_scales")
        let inputScale = try source.requiredFloats("bottom_blob_int8_scales")
        guard outputs >= 1, outputs.isMultiple(of: scales.count), let input = inputScale.first else {
            throw Misfit("has \(scales.count) weight scales for \(outputs) output channels")
        }
        let rowScales = (0..<outputs).map { scales[$0 / (outputs / scales.count)] }
        let values: [Int32]
        switch source.weight("weight_data") {
        case .int8(let bytes):
            values = bytes.map(Int32.init)
        case .float(let floats):
            guard floats.count.isMultiple(of: outputs) else {
                throw Misfit("has \(floats.count) weights for \(outputs) output channels")
            }
            let row = floats.count / outputs
            values = floats.indices.map { Int32(quantized(floats[$0], scale: rowScales[$0 / row])) }
        case nil:
            throw Misfit("has no weight_data")
        }
        // InnerProduct has none, whatever its term says.
        let topScale = try source.floatWeight("top_blob_int8_scales")?.first
        try self.init(
            outputs: outputs,
            weights: .int8(
                Int8Weights(values: values, scales: rowScales, inputScale: input, topScale: topScale)),
            bias: bias)
    }

    /// The products of one output channel's float weights and a matrix of input columns, and the bias.
    ///
    /// - Parameters:
    ///   - columns: `rowCount` rows, `stride` numbers apart, of `count` columns.
    ///   - sums: where the `count` sums go.
    func multiply(
        _ output: Int, of weights: [Float], by columns: UnsafePointer<Float>, stride: Int,
        into sums: UnsafeMutableBufferPointer<Float>
    ) {
        sums.update(repeating: bias?[output] ?? 0)
        weights.withUnsafeBufferPointer { weights in
            guard let weights = weights.baseAddress, let out = sums.baseAddress else { return }
            let row = weights + output * rowCount
            VectorKernels.add(columns, stride: stride, times: row, depth: rowCount, to: out, count: sums.count)
        }
    }

    /// The products of one output channel's int8 weights and a matrix of input columns, as floats, and the bias.
    ///
    /// - Parameters:
    ///   - columns: `rowCount` rows, `stride` numbers apart, of `count` columns.
    ///   - sums: where the `count` sums go.
    func multiply(
        _ output: Int, of weights: Int8Weights, by columns: UnsafePointer<Int32>, stride: Int,
        into sums: UnsafeMutableBufferPointer<Float>
    ) {
        var products = [Int32](repeating: 0, count: sums.count)
        products.withUnsafeMutableBufferPointer { products in
            weights.values.withUnsafeBufferPointer { weights in
                guard let weights = weights.baseAddress, let out = products.baseAddress else { return }
                let row = weights + output * rowCount
                VectorKernels.add(columns, stride: stride, times: row, depth: rowCount, to: out, count: products.count)
            }
            let scale = Quantized.dequantizer(input: weights.inputScale, weight: weights.scales[output])
            // Without a bias nothing is added, not 0: -0 stays what it is.
            if let bias = bias?[output] {
                for index in sums.indices { sums[index] = Float(products[index]) * scale + bias }
            } else {
                for index in sums.indices { sums[index] = Float(products[index]) * scale }
            }
        }
    }
}
