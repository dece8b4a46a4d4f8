public import Inference
import ModelFormat
import Numerics

public enum Field: String, CaseIterable, Sendable { case uniform, signed, smooth, signedSmooth, mixed }

extension Samples {
    public static func synthetic(
        for network: Network, scales: [Int: Float], seed: UInt64 = 1, count: Int = 16, field: Field = .uniform, fixed: Float? = nil,
        isOverdue: @escaping () -> Bool = { false }
    ) throws -> Samples {
        let (inputs, shapeNotes) = try SyntheticInputs.fitting(network, seed: seed, isOverdue: isOverdue)
        let source = SyntheticInputs(inputs: inputs, seed: seed, field: field)
        let (amplitude, note) = try source.amplitude(for: network, scales: scales)
        return Samples(dataset: "synthetic", count: count, notes: shapeNotes + [note]) { index in
            try source.sample(index, amplitude: fixed ?? amplitude)
        }
    }
}

/// Seeded noise for each input blob of a model.
struct SyntheticInputs: Sendable {
    /// An input blob with the shape it gets.
    struct Input: Hashable, Sendable {
        let blob: String
        let extents: [Int]
        /// For whole numbers, what they stay below.
        let limit: Int?
    }

    let inputs: [Input]
    let seed: UInt64
    var field = Field.uniform

    func sample(_ index: Int, amplitude: Float) throws -> [String: Tensor] {
        var tensors: [String: Tensor] = [:]
        for (number, input) in inputs.enumerated() {
            var noise = Noise(seed: seed &+ UInt64(truncatingIfNeeded: index), stream: number)
            let count = try Tensor.count(of: input.extents)
            if let limit = input.limit {
                tensors[input.blob] = try Tensor(
                    input.extents,
                    .int32((0..<count).map { _ in Int32(clamping: noise.index(below: limit)) }))
                continue
            }
            tensors[input.blob] = try Tensor(floats: input.extents) { out in
                switch field {
                case .uniform: for i in out.indices { out[i] = noise.unit() * amplitude }
                case .signed: for i in out.indices { out[i] = (2 * noise.unit() - 1) * amplitude }
                case .smooth, .signedSmooth, .mixed:
                    let (h, w) = (input.extents.count > 1 ? input.extents[input.extents.count - 2] : 1, input.extents.last ?? 1)
                    let planes = count / (h * w)
                    let grid = 4
                    for p in 0..<planes {
                        let knots = (0..<(grid + 1) * (grid + 1)).map { _ in noise.unit() }
                        for y in 0..<h {
                            for x in 0..<w {
                                let fy = Float(y) / Float(max(1, h)) * Float(grid), fx = Float(x) / Float(max(1, w)) * Float(grid)
                                let (iy, ix) = (Int(fy), Int(fx))
                                let (ty, tx) = (fy - Float(iy), fx - Float(ix))
                                let top = knots[iy * (grid + 1) + ix] * (1 - tx) + knots[iy * (grid + 1) + ix + 1] * tx
                                let bottom = knots[(iy + 1) * (grid + 1) + ix] * (1 - tx) + knots[(iy + 1) * (grid + 1) + ix + 1] * tx
                                var v = top * (1 - ty) + bottom * ty
                                if field == .mixed { v = max(0, 2 * v - 1 + 0.3 * (noise.unit() - 0.5)) }
                                out[(p * h + y) * w + x] = (field == .signedSmooth ? 2 * v - 1 : v) * amplitude
                            }
                        }
                    }
                }
            }
        }
        return tensors
    }

    // MARK: Shapes

    static let sizes = [64, 8, 16, 28, 32, 48, 96, 112, 128, 160, 192, 224, 227, 256, 299, 320, 384, 416, 448, 512, 640]

    static func fitting(
        _ network: Network, seed: UInt64, isOverdue: @escaping () -> Bool
    ) throws -> (inputs: [Input], notes: [String]) {
        var shapes: [InputShape] = []
        var unnamed: [String] = []
        for layer in network.layers where layer.type == "Input" {
            for (top, blob) in layer.tops.enumerated() {
                if let extents = InputShape.named(by: layer, top: top) {
                    shapes.append(InputShape(blob: blob, form: .fixed(extents)))
                } else if let form = InputShape.proposed(for: blob, by: network.layers, file: "the .param") {
                    unnamed.append(blob)
                    shapes.append(InputShape(blob: blob, form: form))
                } else {
                    throw EvaluationError.inputs(
                        clause: "the Input layer \(layer.name) names no shape, and no layer behind it tells one")
                }
            }
        }
        func inputs(_ size: Int) -> [Input] {
            shapes.map { shape in
                if case .indexes(let limit) = shape.form {
                    return Input(blob: shape.blob, extents: shape.extents(size), limit: limit)
                }
                return Input(blob: shape.blob, extents: shape.extents(size), limit: nil)
            }
        }
        guard !unnamed.isEmpty else { return (inputs(0), []) }
        var failure = ""
        for size in shapes.contains(where: \.hasSize) ? sizes : [0] {
            let found = inputs(size)
            do {
                let source = SyntheticInputs(inputs: found, seed: seed)
                _ = try network.run(source.sample(0, amplitude: 1)) { _ in
                    try Task.checkCancellation()
                    if isOverdue() { throw EvaluationError.inputs(clause: "time is up") }
                }
                let list = found.filter { unnamed.contains($0.blob) }.map { "\($0.blob) \($0.extents)" }
                return (found, ["the .param names no shape of its inputs, \(list.joined(separator: ", ")) fits"])
            } catch let error as InferenceError {
                failure = String(describing: error)
            } catch let error as TensorError {
                failure = String(describing: error)
            }
        }
        throw EvaluationError.inputs(clause: "the Input layer names no shape, and none fits: \(failure)")
    }

    // MARK: Amplitude

    func amplitude(for network: Network, scales: [Int: Float]) throws -> (amplitude: Float, note: String) {
        let layers = Self.inner(network.layers, of: Set(scales.keys))
        guard !layers.isEmpty else {
            return (1, "amplitude 1: no layer has an activation scale to estimate it from")
        }
        var best: (amplitude: Float, ratio: Float) = (1, .infinity)
        var amplitude: Float = 1
        for _ in 0...3 {
            var largest: [Int: Float] = [:]
            _ = try network.run(try sample(0, amplitude: amplitude)) { event in
                try Task.checkCancellation()
                guard layers.contains(event.layer.index), let bottom = event.bottoms.first else { return }
                largest[event.layer.index] = bottom.values.reduce(0) { max($0, abs($1)) }
            }
            let ratios = largest.compactMap { index, value in scales[index].map { 127 / $0 / value } }
                .filter { $0 > 0 && $0.isFinite }.sorted()
            guard !ratios.isEmpty else { break }
            let median = (ratios[(ratios.count - 1) / 2] * ratios[ratios.count / 2]).squareRoot()
            if max(median, 1 / median) < max(best.ratio, 1 / best.ratio) { best = (amplitude, median) }
            amplitude *= median
        }
        let rounded = Float(bitPattern: best.amplitude.bitPattern & 0xFFFF_0000)
        return (rounded, "amplitude \(rounded): median \(best.ratio) of \(layers.count) layers")
    }

    /// Layers with a scale that lie behind another such layer; all where there are none.
    static func inner(_ layers: [ParamLayer], of scaled: Set<Int>) -> Set<Int> {
        var behind: Set<String> = []
        var inner: Set<Int> = []
        for layer in layers {
            let isBehind = layer.bottoms.contains(where: behind.contains)
            if isBehind, scaled.contains(layer.index) { inner.insert(layer.index) }
            if isBehind || scaled.contains(layer.index) { behind.formUnion(layer.tops) }
        }
        return inner.isEmpty ? scaled : inner
    }
}
