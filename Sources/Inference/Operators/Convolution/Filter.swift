import Numerics

/// The weights of a convolution: for each output channel a row over input channels and kernel elements.
struct Filter: Sendable {
    enum Weights: Sendable {
        case float([Float])
        case int8([Int8], Scales)
    }

    /// What turns sums of products of signed bytes back into floats.
    struct Scales: Sendable {
        /// For each output channel the scale of its weights.
        let weights: [Float]
        /// The scale of the layer's input.
        let input: Float
        /// The scale of its int8 output; nil where the output is float.
        let top: Float?

        /// What a sum of an output channel is multiplied with; 0 for a dead channel, as in ncnn.
        func dequantizer(_ output: Int) -> Float {
            weights[output] == 0 ? 0 : 1 / (input * weights[output])
        }
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
            case .int8(let bytes, _): bytes.count
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
        try Self.check(rowCount, inputs: inputs, windows: windows)
    }

    /// Refuses weights of an output channel that are not as many as input channels and kernel elements ask for.
    static func check(_ rowCount: Int, inputs: Int, windows: [Window]) throws {
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
        let values: [Int8]
        switch source.weight("weight_data") {
        case .int8(let bytes):
            values = bytes
        case .float(let floats):
            guard floats.count.isMultiple(of: outputs) else {
                throw Misfit("has \(floats.count) weights for \(outputs) output channels")
            }
            let row = floats.count / outputs
            values = floats.indices.map { quantized(floats[$0], scale: rowScales[$0 / row]) }
        case nil:
            throw Misfit("has no weight_data")
        }
        // InnerProduct has none, whatever its term says.
        let topScale = try source.floatWeight("top_blob_int8_scales")?.first
        try self.init(
            outputs: outputs,
            weights: .int8(values, Scales(weights: rowScales, input: input, top: topScale)),
            bias: bias)
    }
}

/// Where the weights of a layer come from.
enum FilterSource<Stored: Sendable>: Sendable {
    case stored(Stored)
    /// The second bottom, and the third for the bias.
    case bottoms(hasBias: Bool)
}
