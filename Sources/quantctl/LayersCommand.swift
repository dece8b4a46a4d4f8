import ArgumentParser
import Ledger
import Vocabulary

/// `quantctl layers RUN`: what happened to every layer.
struct LayersCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "layers",
        abstract: "Shows what a run did to each layer: decision, reason, sizes and measures.",
        discussion: """
            Harm is what int8 does to the layer's own output, or to its weights where the twins were not run.

              quantctl layers vision/resnet18
              quantctl layers 17 --worst 10
              quantctl layers 17 --only float
              quantctl layers 17 --type Convolution --type 'Inner*' --sort size
            """)

    /// Layers by what was decided.
    enum Decided: String, ExpressibleByArgument, CaseIterable {
        case int8
        case float
    }

    /// What the layers are ordered by.
    enum Order: String, ExpressibleByArgument, CaseIterable {
        /// As in the `.param`.
        case graph
        case name
        case type
        /// The largest first.
        case size
        /// What was saved most first.
        case saved
        /// The most harmed first.
        case harm
        /// The most harmed in the whole model first.
        case accumulated
    }

    @OptionGroup var argument: RunArgument

    @Option(help: "Only so many layers, those that int8 harms most.")
    var worst: Int?

    @Option(
        help:
            "The order: graph, name, type, size or saved (the largest first), harm or accumulated (the most harmed first)."
    )
    var sort: Order?

    @Option(help: "Only layers that are int8, or only those that stayed float.")
    var only: Decided?

    @Option(
        help: ArgumentHelp(
            "Only layers whose type fits this pattern; may be given several times.", valueName: "pattern"))
    var type: [String] = []

    @OptionGroup var options: LedgerOptions

    func validate() throws {
        if let worst, worst < 0 { throw ValidationError("--worst is \(worst), wanted 0 or more") }
    }

    func run() throws {
        let ledger = try options.openLedger()
        let run = try argument.find(in: ledger).summary
        let all = try ledger.layers(of: run.run)
        try options.show(LayersAnswer(run: run, layers: choose(all), all: all.count))
    }

    /// The layers that are asked for, in the order that is asked for.
    private func choose(_ layers: [LayerReport]) -> [LayerReport] {
        var layers = layers.filter { layer in
            (only.map { layer.decision.word == $0.rawValue } ?? true)
                && (type.isEmpty || type.contains { ShellPattern($0).fits(layer.type) })
        }
        if let worst { layers = Array(Order.harm.sorted(layers.filter { $0.harm != nil }).prefix(worst)) }
        return sort.map { $0.sorted(layers) } ?? layers
    }
}

extension LayersCommand.Order {
    /// The layers in this order; those that are equal, or have no such figure and come last, as in the `.param`.
    fileprivate func sorted(_ layers: [LayerReport]) -> [LayerReport] {
        switch self {
        case .graph: layers.sorted { $0.index < $1.index }
        case .name: layers.sorted { ($0.name, $0.index) < ($1.name, $1.index) }
        case .type: layers.sorted { ($0.type, $0.index) < ($1.type, $1.index) }
        case .size: layers.sorted { ($1.bytesBefore, $0.index) < ($0.bytesBefore, $1.index) }
        case .saved: layers.sorted { ($1.saved, $0.index) < ($0.saved, $1.index) }
        case .harm: layers.sorted { ($0.harm ?? .infinity, $0.index) < ($1.harm ?? .infinity, $1.index) }
        case .accumulated:
            layers.sorted {
                ($0.accumulated?.sqnr ?? .infinity, $0.index) < ($1.accumulated?.sqnr ?? .infinity, $1.index)
            }
        }
    }
}

extension LayerReport {
    /// The SQNR that says how much int8 harms the layer, in dB, less being more harm; nil for a layer that is float.
    var harm: Double? { local?.sqnr ?? measures?.sqnr }

    /// Bytes that are gone.
    fileprivate var saved: Int { bytesBefore - bytesAfter }
}
