import ArgumentParser
import Ledger
import Vocabulary

/// `quantctl compare RUN RUN`: what is different.
struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Shows two runs side by side: files, settings, sizes, accuracy and layers.",
        discussion: """
            Of settings and layers only those that differ are shown, unless --all is given. Names, times, triggers and \
            places are no differences: the same bytes made in the same way are the same.

              quantctl compare vision/resnet18@-1 vision/resnet18
              quantctl compare 17 23 --all
              quantctl compare resnet18 resnet18-pruned --exit-code
            """)

    @Argument(
        help: ArgumentHelp(
            "A run: its number, a model (its latest run), model@number, or model@-1.", valueName: "run"),
        completion: .custom(LedgerCompletion.runs))
    var a: String

    @Argument(help: ArgumentHelp("The run beside it.", valueName: "other"), completion: .custom(LedgerCompletion.runs))
    var b: String

    @Flag(help: "Also what is the same in both.")
    var all = false

    @Flag(help: "Exit with 1 where they differ.")
    var exitCode = false

    @OptionGroup var options: LedgerOptions

    func run() throws {
        let ledger = try options.openLedger()
        let answer = Comparison(try Self.side(a, ledger), try Self.side(b, ledger), isComplete: all)
        try options.show(answer)
        if exitCode, !answer.isSame { throw ExitCode.no }
    }

    private static func side(_ text: String, _ ledger: LedgerReader) throws -> Comparison.Side {
        let detail = try RunArgument.find(text, in: ledger)
        let run = detail.summary.run
        return Comparison.Side(detail: detail, metrics: try ledger.metrics(of: run), layers: try ledger.layers(of: run))
    }
}
