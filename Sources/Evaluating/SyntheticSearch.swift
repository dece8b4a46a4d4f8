import Inference
import ModelFormat
import Numerics

/// Finds out what inputs a model wants where nobody says it.
struct SyntheticSearch {
    let network: Network
    let seed: UInt64
    /// Called behind each layer that runs; what it throws ends the search.
    let check: () throws -> Void

    // MARK: Shape

    /// Sizes to try where a model names none: one that most models without fixed sizes take, then the usual ones.
    private static let sizes = [
        64, 8, 16, 28, 32, 48, 96, 112, 128, 160, 192, 224, 227, 256, 299, 320, 384, 416, 448, 512, 640,
    ]

    /// The inputs, of the shapes that the `.param` names, or else of the first with which the model runs.
    func inputs() throws -> (inputs: SyntheticInputs, notes: [String]) {
        var shapes: [InputShape] = []
        var unnamed: Set<String> = []
        for layer in network.layers where layer.type == "Input" {
            for (top, blob) in layer.tops.enumerated() {
                if let extents = InputShape.named(by: layer, top: top) {
                    shapes.append(InputShape(blob: blob, form: .fixed(extents)))
                } else if let form = InputShape.proposed(for: blob, by: network.layers) {
                    unnamed.insert(blob)
                    shapes.append(InputShape(blob: blob, form: form))
                } else {
                    throw EvaluationError.inputs(
                        clause: "the Input layer \(layer.name) names no shape, and no layer behind it tells one")
                }
            }
        }
        let hasSize = shapes.contains(where: \.hasSize)
        var failure = ""
        for size in hasSize ? Self.sizes : [0] {
            let found = SyntheticInputs(inputs: shapes.map { $0.input(size) }, seed: seed)
            do {
                for input in found.inputs { _ = try Tensor.count(of: input.extents) }
                guard !unnamed.isEmpty else { return (found, []) }
                _ = try network.run(found.sample(0, amplitude: 1)) { _ in try check() }
                let list = found.inputs.filter { unnamed.contains($0.blob) }.map { "\($0.blob) \($0.extents)" }
                return (found, ["the model names no input shape, it runs with \(list.joined(separator: ", "))"])
            } catch let error as InferenceError {
                failure = error.description
            } catch let error as TensorError {
                guard !unnamed.isEmpty else { throw error }
                failure = error.description
            }
        }
        throw EvaluationError.inputs(clause: "the Input layer names no shape, and no usual one fits: \(failure)")
    }

    // MARK: Amplitude

    /// How many samples are asked for the largest magnitude; a table's scales come from the largest of many inputs.
    private static let probes = 8

    /// How large the inputs must be for the magnitudes inside the model to be those that the table was made for.
    ///
    /// The scale of the first layer alone would tell what the inputs were at calibration, but if that very scale is
    /// wrong, inputs made to fit it hide it. So the layers inside vote: 127/scale is the largest magnitude that a layer
    /// is ready for, the float twin shows the largest that reaches it, and the median of the quotients is how much too
    /// small the inputs are. Networks are about homogeneous, so a few rounds settle it. Where a normalization undoes any amplitude
    /// no round fits better than the one before, and the search stays where it was.
    func amplitude(of inputs: SyntheticInputs, scales: [Int: Float]) throws -> (amplitude: Float, note: String) {
        let limits = scales.mapValues { 127 / $0 }.filter { $0.value.isFinite && $0.value > 0 }
        let voters = Self.inner(network.layers, of: Set(limits.keys))
        guard !voters.isEmpty else {
            return (1, "amplitude 1, as no layer has a scale to estimate it from")
        }
        var best: (amplitude: Float, quotient: Float) = (1, .infinity)
        var amplitude: Float = 1
        for _ in 0...3 {
            let largest = try magnitudes(of: inputs, amplitude: amplitude, at: voters)
            let quotients = largest.compactMap { index, value in limits[index].map { $0 / value } }
                .filter { $0.isFinite && $0 > 0 }.sorted()
            guard !quotients.isEmpty else { break }
            // The geometric mean of the middle two, as quotients have their order in the logarithm.
            let median = (quotients[(quotients.count - 1) / 2] * quotients[quotients.count / 2]).squareRoot()
            let misfit = max(median, 1 / median)
            guard misfit < 0.9 * max(best.quotient, 1 / best.quotient) else { break }
            best = (amplitude, median)
            guard misfit > 1.02 else { break }
            amplitude *= median
        }
        // A short mantissa, so that the last bits of a sum, which may differ between machines, do not reach the inputs.
        let rounded = Float(bitPattern: best.amplitude.bitPattern & 0xFFFF_0000)
        guard best.quotient.isFinite else {
            return (1, "amplitude 1, as the layers with scales stay zero or are no numbers")
        }
        return (
            rounded,
            "amplitude \(rounded), at which \(voters.count) int8 layers inside the model get, in the median, "
                + "\((1000 / best.quotient).rounded() / 1000) of the largest input that their scales are made for"
        )
    }

    /// The largest magnitude of the first bottom of each of these layers, in the float twin.
    private func magnitudes(
        of inputs: SyntheticInputs, amplitude: Float, at layers: Set<Int>
    ) throws -> [Int: Float] {
        var largest: [Int: Float] = [:]
        for probe in 0..<Self.probes {
            _ = try network.run(try inputs.sample(probe, amplitude: amplitude)) { event in
                try check()
                guard layers.contains(event.layer.index), let bottom = event.bottoms.first else { return }
                largest[event.layer.index] = bottom.values.reduce(largest[event.layer.index] ?? 0) { max($0, abs($1)) }
            }
        }
        return largest
    }

    /// The layers of a set that lie behind another of it; all of them where none does.
    private static func inner(_ layers: [ParamLayer], of set: Set<Int>) -> Set<Int> {
        var behind: Set<String> = []
        var inner: Set<Int> = []
        for layer in layers {
            let isBehind = layer.bottoms.contains(where: behind.contains)
            let isMember = set.contains(layer.index)
            if isBehind, isMember { inner.insert(layer.index) }
            if isBehind || isMember { behind.formUnion(layer.tops) }
        }
        return inner.isEmpty ? set : inner
    }
}

extension InputShape {
    /// The input for a size that is the same for all blobs.
    fileprivate func input(_ size: Int) -> SyntheticInputs.Input {
        if case .indexes(let limit) = form {
            return SyntheticInputs.Input(blob: blob, extents: extents(size), limit: limit)
        }
        return SyntheticInputs.Input(blob: blob, extents: extents(size), limit: nil)
    }
}
