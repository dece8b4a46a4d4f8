public import ArgumentParser
import Ledger
public import Vocabulary

/// `quantctl history`: the runs, the latest first.
struct HistoryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "Lists runs, the latest first.",
        discussion: """
              quantctl history
              quantctl history 'vision/*' --status failed -n 20
              quantctl history --format json | jq '.runs[0]'
            """)

    @Argument(help: "Only models whose name fits this pattern (*, ?, […]).")
    var model: String?

    @Option(help: "Only runs with this status; may be given several times.")
    var status: [RunStatus] = []

    @Option(name: [.customShort("n"), .long], help: "At most so many, the latest.")
    var limit: Int?

    @Flag(help: "The earliest first; --limit still takes the latest.")
    var reverse = false

    @OptionGroup var options: LedgerOptions

    func validate() throws {
        if let limit, limit < 0 { throw ValidationError("--limit is \(limit), wanted 0 or more") }
    }

    func run() throws {
        let runs = try options.openLedger().history(
            HistoryQuery(model: model, statuses: Set(status), limit: limit, isReversed: reverse))
        switch options.format {
        case .table: print(RunTable.text(runs))
        case .json: print(try Json.text(HistoryJson(runs: runs.map(RunJson.init))))
        }
    }
}

extension RunStatus: ExpressibleByArgument {}
