import Ledger
import Vocabulary

/// What `quantctl layers` says.
struct LayersAnswer: Answer {
    struct Document: Encodable {
        let schemaVersion = 1
        let run: Int
        let model: String
        let layers: [Record]
    }

    let run: RunSummary
    let layers: [LayerReport]
    /// How many layers the run has.
    let all: Int

    var document: Document { Document(run: run.run, model: run.model.text, layers: layers.map(\.record)) }
    var records: Records { Records(layers) }

    func lines(on page: Page) -> [Phrase] {
        guard all > 0 else {
            return ["run \(run.run) of \(run.model) is \(run.status.phrase) and has no layers on record"]
        }
        guard !layers.isEmpty else { return ["none of the \(all) layers of run \(run.run) fits"] }
        return LayerTable.table(layers, isComplete: true).lines(width: page.width)
    }
}
