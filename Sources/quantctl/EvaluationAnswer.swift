import Evaluating
import Ledger
import Vocabulary

/// What `quantctl evaluate` says.
struct EvaluationAnswer: Encodable {
    struct Layer: Encodable {
        let index: Int
        let name: String
        let type: String
        let localSqnrDb: Double?
        let localCosine: Double?
        let accumulatedSqnrDb: Double?
        let accumulatedCosine: Double?
    }

    let schemaVersion = 1
    let dataset: String?
    let samples: Int
    let verdict: String?
    let breaches: [String]
    let reason: String?
    let metrics: [RunDetailJson.MetricJson]
    let layers: [Layer]
    let notes: [String]
    private let records: [MetricRecord]

    private enum CodingKeys: CodingKey {
        case schemaVersion, dataset, samples, verdict, breaches, reason, metrics, layers, notes
    }

    init(_ report: EvaluationReport, gate: GateResult, layers twins: Twins?) {
        dataset = report.dataset
        samples = report.samples
        verdict = gate.verdict?.rawValue
        breaches = gate.breaches.map(\.description)
        reason = gate.reason
        records = report.figures.map { MetricRecord($0.metric, interval: $0.interval, dataset: report.dataset) }
        metrics = records.map(RunDetailJson.MetricJson.init)
        notes = report.notes + gate.unchecked
        layers = report.layers.sorted { $0.key < $1.key }.compactMap { index, measures in
            guard let layer = twins?.float.layers[index] else { return nil }
            return Layer(
                index: index, name: layer.name, type: layer.type, localSqnrDb: measures.local?.sqnr,
                localCosine: measures.local?.cosine, accumulatedSqnrDb: measures.accumulated?.sqnr,
                accumulatedCosine: measures.accumulated?.cosine)
        }
    }

    /// The answer for people.
    var text: String {
        let head = [verdict ?? "no verdict", breaches.isEmpty ? reason : breaches.joined(separator: "; ")]
            .compactMap(\.self).joined(separator: ": ")
        var table = TextTable([
            .number("#"), .word("LAYER"), .word("TYPE"), .number("LOCAL dB"), .number("COSINE"), .number("ACCUM. dB"),
            .number("COSINE"),
        ])
        for layer in layers where layer.localSqnrDb != nil {
            table.add([
                "\(layer.index)", layer.name, layer.type, Figures.fixed(layer.localSqnrDb, 1),
                Figures.fixed(layer.localCosine, 6), Figures.fixed(layer.accumulatedSqnrDb, 1),
                Figures.fixed(layer.accumulatedCosine, 6),
            ])
        }
        let lines = layers.isEmpty ? "" : table.lines().joined(separator: "\n")
        let notes = notes.map { "note: \($0)" }.joined(separator: "\n")
        return [head, MetricTable.text(records), lines, notes].filter { !$0.isEmpty }.joined(separator: "\n\n")
    }
}
