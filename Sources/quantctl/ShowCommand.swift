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
              quantctl show vision/resnet18@-1 --json
            """)

    @OptionGroup var argument: RunArgument
    @OptionGroup var options: LedgerOptions

    func run() throws {
        let ledger = try options.openLedger()
        let detail = try argument.find(in: ledger)
        let run = detail.summary.run
        try options.show(
            ShowAnswer(detail: detail, metrics: try ledger.metrics(of: run), layers: try ledger.layers(of: run)))
    }
}
