import ArgumentParser
import Ledger
import Vocabulary

/// `quantctl layers RUN`: what happened to every layer.
struct LayersCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "layers",
        abstract: "Shows what a run did to each layer: decision, reason, sizes and measures.",
        discussion: """
              quantctl layers vision/resnet18
              quantctl layers 17 --worst 10
              quantctl layers 17 --only float
            """)

    /// Layers by what was decided.
    enum Decided: String, ExpressibleByArgument, CaseIterable {
        case int8
        case float
    }

    @OptionGroup var argument: RunArgument

    @Option(
        help:
            "Only so many layers: those whose own output int8 hurts most, or whose weights where the twins were not run."
    )
    var worst: Int?

    @Option(help: "Only layers that are int8, or only those that stayed float.")
    var only: Decided?

    @OptionGroup var options: LedgerOptions

    func validate() throws {
        if let worst, worst < 0 { throw ValidationError("--worst is \(worst), wanted 0 or more") }
    }

    func run() throws {
        let ledger = try options.openLedger()
        let run = try argument.find(in: ledger).summary
        var layers = try ledger.layers(of: run.run)
        if let only { layers.removeAll { $0.decision.word != only.rawValue } }
        if let worst {
            let harm = { (layer: LayerReport) in layer.local?.sqnr ?? layer.measures?.sqnr }
            layers = Array(
                layers.compactMap { layer in harm(layer).map { (layer, $0) } }.sorted { $0.1 < $1.1 }.prefix(worst).map(
                    \.0))
        }
        switch options.format {
        case .table: print(LayerTable.lines(layers, isComplete: true).joined(separator: "\n"))
        case .json:
            print(
                try Json.text(LayersJson(run: run.run, model: run.model.text, layers: layers.map(LayerJson.init))))
        }
    }
}
