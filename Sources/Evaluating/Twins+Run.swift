import Inference
import ModelFormat
import Numerics

/// What a layer made of one sample, as floats.
struct LayerPass {
    let layer: ParamLayer
    /// The float twin's tops.
    let float: [Tensor]
    /// The int8 twin's tops, where everything before was int8 too.
    let int8: [Tensor]
    /// The tops of the int8 layer alone, on the float twin's bottoms; nil where the layer is float or was not asked for.
    let local: [Tensor]?
}

/// The outputs of both twins for one sample, as floats.
struct OutputPass {
    let float: [String: Tensor]
    let int8: [String: Tensor]
}

/// A blob while it lives.
private struct Blob {
    let tensor: Tensor
    /// What an int8 tensor was multiplied with; nil where it is none, or of an unknown scale.
    let scale: Float?

    /// The values that the blob stands for.
    var floats: Tensor {
        get throws {
            guard case .int8(let bytes) = tensor.elements, let scale else { return tensor.asFloat }
            return try Tensor(tensor.shape, bytes.map { Float($0) / scale })
        }
    }
}

extension Twins {
    /// Runs both twins layer by layer side by side, so that no more lives than two ordinary runs hold.
    ///
    /// - Parameters:
    ///   - inputs: a tensor for each input blob.
    ///   - measuresLocal: whether each int8 layer also runs alone.
    ///   - each: called behind each layer; what it throws ends the run.
    /// - Throws: `InferenceError` with the layer, `CancellationError`, and what `each` throws.
    func run(
        _ inputs: [String: Tensor], measuresLocal: Bool = false, threads: Int = 1,
        each: (LayerPass) throws -> Void = { _ in }
    ) throws -> OutputPass {
        try Threads.with(threads) { () throws in
            try run(inputs, measuresLocal: measuresLocal, within: threads, each)
        }
    }

    private func run(
        _ inputs: [String: Tensor], measuresLocal: Bool, within threads: Int, _ each: (LayerPass) throws -> Void
    ) throws -> OutputPass {
        var floats = inputs.mapValues { Blob(tensor: $0, scale: nil) }
        var bytes = floats
        var unread = readers
        for layer in float.layers where layer.type != "Input" && !layer.tops.isEmpty {
            try Task.checkCancellation()
            let bottoms = try layer.bottoms.map { try Self.blob($0, of: floats) }
            let int8Bottoms = try layer.bottoms.map { try Self.blob($0, of: bytes) }
            for name in layer.bottoms {
                unread[name, default: 0] -= 1
                guard unread[name] == 0 else { continue }
                floats[name] = nil
                bytes[name] = nil
            }
            let tops = try Self.run(layer, of: float, on: bottoms, threads: threads)
            let int8Tops = try Self.run(layer, of: int8, on: int8Bottoms, threads: threads)
            for (name, pair) in zip(layer.tops, zip(tops, int8Tops)) {
                floats[name] = pair.0
                bytes[name] = pair.1
            }
            var local: [Tensor]?
            if measuresLocal, int8Layers.contains(layer.index) {
                local = try self.local(layer, bottoms, as: int8Bottoms, threads: threads).map { try $0.floats }
            }
            let pass = LayerPass(
                layer: layer, float: try tops.map { try $0.floats }, int8: try int8Tops.map { try $0.floats },
                local: local)
            try each(pass)
        }
        return OutputPass(float: try outputs(of: floats), int8: try outputs(of: bytes))
    }

    /// Runs an int8 layer on the float twin's bottoms.
    ///
    /// Each bottom comes in the kind that the layer meets in the int8 twin. A float one the layer quantizes itself. Where
    /// requantization is fused the bottom is int8 there, so the float bottom is quantized under the same scale, that
    /// of the layer which writes it: a layer takes signed bytes as they are, and where a foreign tool fused layers of
    /// different scales the harm shows here, as it should. The rounding of a requantized blob counts at the layer that
    /// writes it and again at the one that reads it, as each of the two would bring it in alone.
    private func local(
        _ layer: ParamLayer, _ bottoms: [Blob], as int8Bottoms: [Blob], threads: Int
    ) throws -> [Blob] {
        let kinds = try zip(bottoms, int8Bottoms).map { bottom, int8Bottom in
            guard case .int8 = int8Bottom.tensor.elements, let scale = int8Bottom.scale,
                case .float(let values) = bottom.tensor.elements
            else { return bottom }
            let bytes = values.map { quantized($0, scale: scale) }
            return Blob(tensor: try Tensor(bottom.tensor.shape, .int8(bytes)), scale: scale)
        }
        return try Self.run(layer, of: int8, on: kinds, threads: threads)
    }

    private static func run(
        _ layer: ParamLayer, of network: Network, on bottoms: [Blob], threads: Int
    ) throws -> [Blob] {
        let tops = try network.run(layer: layer.index, on: bottoms.map(\.tensor), threads: threads)
        // Int8 without a scale of its own was only moved.
        let scale = network.topScale(ofLayer: layer.index) ?? bottoms.first?.scale
        return tops.prefix(layer.tops.count).map { Blob(tensor: $0, scale: scale) }
    }

    private static func blob(_ name: String, of live: [String: Blob]) throws -> Blob {
        guard let blob = live[name] else {
            throw InferenceError.blob(name: name, clause: "was not given and no layer made it")
        }
        return blob
    }

    private func outputs(of live: [String: Blob]) throws -> [String: Tensor] {
        try Dictionary(
            float.outputs.map { ($0, try Self.blob($0, of: live).floats) }, uniquingKeysWith: { first, _ in first })
    }
}
