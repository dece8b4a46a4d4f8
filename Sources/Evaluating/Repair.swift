import Glibc
public import Inference
import Numerics
public import Vocabulary

/// Turns the most harmful int8 layers back to float until the gate holds.
///
/// The harm of a layer is measured on the outputs: the float twin runs with this one layer's int8 tops put in. That shows
/// every harmful layer at its full size, where the other way, one layer float among int8 ones, shows none of two that each
/// ruin the result. It takes a part of a float run for each layer and sample and no further quantization; each step is
/// then confirmed by a full evaluation of the new twin.
public struct Repair: Hashable, Sendable, Codable {
    /// The most layers that are turned back.
    public var layers: Int
    /// The most layers whose effect on the outputs is measured, those with the worst local error first.
    public var candidates: Int
    /// On how many samples.
    public var samples: Int

    public init(layers: Int = 5, candidates: Int = 32, samples: Int = 4) {
        self.layers = layers
        self.candidates = candidates
        self.samples = samples
    }

    /// One layer turned back, and what that bought.
    public struct Step: Hashable, Sendable {
        /// The layer's position in the `.param`.
        public let index: Int
        public let layer: String
        /// The SQNR of the worst output with this layer alone in int8, in dB; infinite where it does no harm, `-∞` where
        /// the outputs are no numbers any more.
        public let harm: Double
        /// The figures before the step.
        public let before: [EvaluationFigure]
        /// The figures after it.
        public let after: [EvaluationFigure]
    }

    /// What became of the twin.
    public struct Outcome: Sendable {
        /// In the order in which the layers were turned back.
        public let steps: [Step]
        /// All layers that stay float, those that already did included.
        public let floatLayers: [String: FloatReason]
        /// The last twin's report, and what the gate says of it.
        public let report: EvaluationReport
        public let result: GateResult

        /// Whether the gate holds.
        public var holds: Bool { result.verdict == .passed }
    }

    /// Repairs a twin that the gate refuses; one that it does not refuse comes back as it is.
    ///
    /// - Parameters:
    ///   - report: the twin's report.
    ///   - floatLayers: layers that stay float already.
    ///   - progress: called behind each sample of each evaluation; what it throws ends the repair.
    ///   - twin: quantizes the model anew with these layers float.
    /// - Throws: `EvaluationError`, `InferenceError`, `CancellationError`, and what `progress` and `twin` throw.
    public func run(
        _ twins: Twins, report: EvaluationReport, on samples: Samples, by evaluation: TwinEvaluation, until gate: Gate,
        floatLayers: [String: FloatReason] = [:], progress: (EvaluationProgress) throws -> Void = { _ in },
        twin: ([String: FloatReason]) throws -> Network
    ) throws -> Outcome {
        var outcome = Outcome(steps: [], floatLayers: floatLayers, report: report, result: gate.judge(report))
        guard !outcome.result.breaches.isEmpty else { return outcome }
        let ranked = try Threads.with(evaluation.threads) {
            try ranking(twins, report: report, on: samples, by: evaluation)
        }
        for (index, harm) in ranked.prefix(layers) {
            let layer = twins.float.layers[index]
            var floats = outcome.floatLayers
            floats[layer.name] = FloatReason(.repaired, "the gate's repair: \(Self.clause(harm))")
            let next = try Twins(float: twins.float, int8: twin(floats))
            let report = try evaluation.report(of: next, on: samples, progress: progress)
            let step = Step(
                index: index, layer: layer.name, harm: harm, before: outcome.report.figures, after: report.figures)
            outcome = Outcome(
                steps: outcome.steps + [step], floatLayers: floats, report: report, result: gate.judge(report))
            if outcome.result.breaches.isEmpty { break }
        }
        return outcome
    }

    private static func clause(_ harm: Double) -> String {
        harm.isFinite
            ? "with this layer alone in int8 the worst output has \((harm * 10).rounded() / 10) dB"
            : harm > 0 ? "this layer alone in int8 changes no output" : "this layer alone in int8 ruins an output"
    }

    /// The candidates, most harmful first.
    private func ranking(
        _ twins: Twins, report: EvaluationReport, on samples: Samples, by evaluation: TwinEvaluation
    ) throws -> [(index: Int, harm: Double)] {
        let local = twins.int8Layers.map { index in
            (index: index, sqnr: Self.order(report.layers[index]?.local))
        }
        let chosen = Set(
            local.sorted { ($0.sqnr, $0.index) < ($1.sqnr, $1.index) }.prefix(candidates).map(\.index))
        var errors: [Int: [String: BlobErrors]] = [:]
        for sample in 0..<min(self.samples, samples.count) {
            let inputs = try samples.sample(sample)
            let outputs = try twins.float.run(inputs, threads: evaluation.threads)
            _ = try twins.run(inputs, measuresLocal: true, threads: evaluation.threads) { pass in
                guard chosen.contains(pass.layer.index), let local = pass.local else { return }
                let given = Dictionary(zip(pass.layer.tops, local), uniquingKeysWith: { first, _ in first })
                let changed = try twins.float.run(
                    inputs.merging(given) { $1 }, threads: evaluation.threads)
                for (blob, output) in outputs {
                    guard let other = changed[blob] else { continue }
                    errors[pass.layer.index, default: [:]][blob, default: BlobErrors()].add(output, other)
                }
            }
        }
        return errors.map { (index: $0.key, harm: $0.value.values.map(\.order).min() ?? .infinity) }
            .sorted { ($0.harm, $0.index) < ($1.harm, $1.index) }
    }

    /// Local measures as a number that orders layers: what could not be measured comes first, what has no noise last.
    private static func order(_ measures: OutputMeasures?) -> Double {
        guard let measures else { return -.infinity }
        return measures.sqnr ?? .infinity
    }
}
