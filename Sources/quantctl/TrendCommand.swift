import ArgumentParser
import Ledger
import Vocabulary

/// `quantctl trend MODEL`: how a model's versions went.
struct TrendCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trend",
        abstract: "Shows how size and accuracy of a model went over its versions.",
        discussion: """
            Runs without a result are left out; history shows them.

              quantctl trend vision/resnet18
              quantctl trend vision/resnet18 -n 100 --format csv > resnet18.csv
            """)

    @Argument(help: "The model.", completion: .custom(LedgerCompletion.models))
    var model: String

    @Option(name: [.customShort("n"), .long], help: "At most so many versions, the latest.")
    var limit: Int?

    @Flag(help: "As many as there are.")
    var all = false

    @OptionGroup var options: LedgerOptions

    /// So many without --limit and --all: a screen.
    static let usualLimit = 20

    func validate() throws {
        if let limit, limit < 0 { throw ValidationError("--limit is \(limit), wanted 0 or more") }
        if limit != nil, all { throw ValidationError("--limit and --all contradict each other") }
    }

    func run() throws {
        let ledger = try options.openLedger()
        let model = ModelName(model)
        try RunArgument.requireRuns(of: model, ledger)
        let runs = try ledger.results(of: model, limit: all ? nil : limit ?? Self.usualLimit)
        try options.show(TrendAnswer(model: model, runs: runs))
    }
}
