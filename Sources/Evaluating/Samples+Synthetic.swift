public import Inference
import Numerics

extension Samples {
    /// Seeded noise for a model that came without samples, the same on every machine.
    ///
    /// - Parameters:
    ///   - scales: the scales under which int8 layers take their inputs, by layer index; they say how large the inputs
    ///     should be.
    ///   - count: how many samples there are.
    ///   - check: called between layers while shape and amplitude are looked for; what it throws ends the search.
    /// - Throws: `EvaluationError.inputs` where no shape is named and none is found, or the named one is too large, `InferenceError` where the model does
    ///   not run, `CancellationError`.
    public static func synthetic(
        for network: Network, scales: [Int: Float], seed: UInt64 = 1, count: Int = 16,
        check: @escaping () throws -> Void = {}
    ) throws -> Samples {
        let search = SyntheticSearch(network: network, seed: seed) {
            try Task.checkCancellation()
            try check()
        }
        do {
            let (inputs, shapeNotes) = try search.inputs()
            let (amplitude, note) = try search.amplitude(of: inputs, scales: scales)
            return Samples(dataset: "synthetic", count: count, notes: shapeNotes + [note]) { index in
                try inputs.sample(index, amplitude: amplitude)
            }
        } catch let error as TensorError {
            throw EvaluationError.inputs(clause: "no input can be made: \(error.clause)")
        }
    }
}
