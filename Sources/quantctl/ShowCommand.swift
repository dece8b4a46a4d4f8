import ArgumentParser
import Ledger
import Vocabulary

/// `quantctl show RUN`: everything of one run.
struct ShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Shows a run: how it ended, what it was made from, with which settings, and its layers.",
        discussion: """
              quantctl show vision/resnet18
              quantctl show 17
              quantctl show vision/resnet18@17 --format json
            """)

    @OptionGroup var argument: RunArgument
    @OptionGroup var options: LedgerOptions

    func run() throws {
        let ledger = try options.openLedger()
        let detail = try argument.find(in: ledger)
        let layers = try ledger.layers(of: detail.summary.run)
        let metrics = try ledger.metrics(of: detail.summary.run)
        switch options.format {
        case .table: print(RunText(detail, metrics: metrics, layers: layers).text)
        case .json: print(try Json.text(RunDetailJson(detail, metrics: metrics, layers: layers)))
        }
    }
}
