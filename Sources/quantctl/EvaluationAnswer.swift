import Evaluating
import Ledger
import Reporting
import Vocabulary

/// What `quantctl evaluate` says.
struct EvaluationAnswer: Answer {
    struct Document: Encodable {
        let schemaVersion = 1
        let dataset: String?
        let samples: Int
        let verdict: String?
        let breaches: [String]
        let reason: String?
        let metrics: [Record]
        let layers: [Record]
        let notes: [String]
    }

    /// A layer of both twins.
    struct Layer: Recordable {
        let index: Int
        let name: String
        let type: String
        let local: OutputMeasures?
        let accumulated: OutputMeasures?

        static let fields: [Field<Layer>] = [
            .integer("index") { $0.index },
            .text("name") { $0.name },
            .text("type") { $0.type },
            .number("local_sqnr_db") { $0.local?.sqnr },
            .number("local_cosine") { $0.local?.cosine },
            .number("accumulated_sqnr_db") { $0.accumulated?.sqnr },
            .number("accumulated_cosine") { $0.accumulated?.cosine },
        ]
    }

    private let report: EvaluationReport
    private let gate: GateResult
    private let metrics: [MetricRecord]
    private let layers: [Layer]

    init(_ report: EvaluationReport, gate: GateResult, layers twins: Twins?) {
        self.report = report
        self.gate = gate
        metrics = report.figures.map { MetricRecord($0.metric, interval: $0.interval, dataset: report.dataset) }
        layers = report.layers.sorted { $0.key < $1.key }.compactMap { index, measures in
            guard let layer = twins?.float.layers[index] else { return nil }
            return Layer(
                index: index, name: layer.name, type: layer.type, local: measures.local,
                accumulated: measures.accumulated)
        }
    }

    var verdict: Verdict? { gate.verdict }

    var document: Document {
        Document(
            dataset: report.dataset, samples: report.samples, verdict: verdict?.rawValue,
            breaches: gate.breaches.map(\.description), reason: gate.reason, metrics: metrics.map(\.record),
            layers: layers.map(\.record), notes: notes)
    }

    /// A line for each figure.
    var records: Records { Records(metrics) }

    func lines(on page: Page) -> [Phrase] {
        let why = gate.breaches.isEmpty ? gate.reason : gate.breaches.map(\.description).joined(separator: "; ")
        let head = (verdict?.phrase ?? "no verdict") + Phrase(why.map { ": \($0)" } ?? "")
        var table = TextTable([
            .number("#"), .text("LAYER", least: 14), .text("TYPE", least: 11, rank: 1), .number("LOCAL dB"),
            .number("COSINE", rank: 0), .number("ACCUM. dB"), .number("COSINE", rank: 0),
        ])
        for layer in layers where layer.local?.sqnr != nil {
            table.add([
                "\(layer.index)", layer.name, layer.type, Figures.fixed(layer.local?.sqnr, 1),
                Figures.fixed(layer.local?.cosine, 6), Figures.fixed(layer.accumulated?.sqnr, 1),
                Figures.fixed(layer.accumulated?.cosine, 6),
            ])
        }
        return [
            head.wrapped(to: page.width), MetricTable.lines(metrics, on: page),
            layers.isEmpty ? [] : table.lines(width: page.width), notes.map { "note: \($0)" },
        ].separated()
    }

    private var notes: [String] { report.notes + gate.unchecked }
}
