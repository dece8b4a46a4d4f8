import Quantizing
import Reporting
import Vocabulary

/// What `quantctl quantize` says.
struct QuantizationAnswer: Answer {
    struct Document: Encodable {
        let schemaVersion = 1
        let layers: [Record]
        let int8Layers: Int
        let bytesBefore: Int
        let bytesAfter: Int
        let notes: [String]
    }

    let report: QuantizationReport

    var document: Document {
        Document(
            layers: report.layers.map(\.record), int8Layers: report.int8Layers, bytesBefore: report.bytesBefore,
            bytesAfter: report.bytesAfter, notes: report.notes)
    }

    var records: Records { Records(report.layers) }

    /// A line of totals, a line for each layer, and the notes.
    func lines(on page: Page) -> [Phrase] {
        let share = Figures.share(report.bytesAfter, of: report.bytesBefore)
        let head: Phrase = """
            \(report.int8Layers) of \(report.layers.count) layers int8, weights \(Figures.bytes(report.bytesBefore)) → \
            \(Figures.bytes(report.bytesAfter)) (\(share))
            """
        let notes = report.notes + report.layers.flatMap { layer in layer.notes.map { "layer \(layer.name): \($0)" } }
        return [[head], LayerTable.table(report.layers).lines(width: page.width), notes.map { "note: \($0)" }]
            .separated()
    }
}
