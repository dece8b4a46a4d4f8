public import Evaluating
import Foundation
import Quantizing
public import Vocabulary

/// What a worker has made.
public struct WorkResult: Hashable, Sendable, Codable {
    /// A line for every layer.
    public let layers: [LayerReport]
    /// Bytes of the int8 twin's `.param`.
    public let paramBytes: Int64
    /// Bytes of the int8 twin's `.bin`.
    public let binBytes: Int
    /// What was measured of both twins.
    public let figures: [EvaluationFigure]
    /// What the twins were run on; nil where they were not run.
    public let dataset: String?
    /// What the gate says; nil where nothing could be measured.
    public let verdict: Verdict?
    /// All limits that do not hold, in one clause; empty where all do.
    public let breaches: String
    /// What is worth an event.
    public let notes: [Note]

    /// Something that happened on the way.
    public struct Note: Hashable, Sendable, Codable {
        /// A word that programs can count: `table`, `evaluation`, `repair`.
        public let kind: String
        /// A clause for people.
        public let message: String
    }

    init(
        _ quantization: QuantizationReport, _ evaluation: EvaluationReport, _ gate: GateResult, _ steps: [Repair.Step],
        paramBytes: Int64
    ) {
        self.paramBytes = paramBytes
        layers = quantization.layers.enumerated().map { index, layer in layer.with(evaluation.layers[index]) }
        binBytes = quantization.bytesAfter
        figures = evaluation.figures
        dataset = evaluation.dataset
        verdict = gate.verdict
        breaches = gate.breaches.map(\.description).joined(separator: "; ")
        let messages = [
            ("table", quantization.notes), ("evaluation", evaluation.notes + gate.unchecked),
            ("repair", steps.map(\.message)),
        ]
        notes = messages.flatMap { kind, messages in messages.map { Note(kind: kind, message: $0) } }
    }
}

extension LayerReport {
    /// The same with what running both twins says of the layer.
    fileprivate func with(_ measures: LayerMeasures?) -> LayerReport {
        guard let measures else { return self }
        var report = self
        report.local = measures.local
        report.accumulated = measures.accumulated
        report.notes += measures.notes
        return report
    }
}

extension Repair.Step {
    /// What the step did and what it bought, in one clause.
    fileprivate var message: String {
        let changes = zip(before, after).compactMap { before, after -> String? in
            guard before.metric.type == EvaluationMetric.sqnr, let old = before.metric.int8, let new = after.metric.int8
            else { return nil }
            return "SQNR of \(after.metric.slice) \(old.rounded(to: 1)) → \(new.rounded(to: 1)) dB"
        }
        return "\(layer) is float again: \(changes.joined(separator: ", "))"
    }
}

extension Double {
    fileprivate func rounded(to decimals: Int) -> String {
        String(format: "%.\(decimals)f", self)
    }
}
