public import ArgumentParser
import Ledger
public import Vocabulary

/// `quantctl history`: the runs, the latest first.
struct HistoryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "Lists runs, the latest first.",
        discussion: """
            Times without an offset are UTC, as in the tables: 2026-11-23, '2026-11-23 18:17', 18:17, 2026-11-23T18:17:16Z, \
            now, today, yesterday, and back from now 2h, 7d or '3 days ago'.

              quantctl history
              quantctl history 'vision/*' --status failed -n 20
              quantctl history --since yesterday --verdict WARNED
              quantctl history --follow
              quantctl history --json | jq '.runs[0]'
            """)

    @Argument(
        help: ArgumentHelp(
            "Only models whose name fits such a pattern (*, ?, […]); * also stands for /.", valueName: "model"),
        completion: .custom(LedgerCompletion.models))
    var models: [String] = []

    @Option(help: "Only runs with this status; may be given several times.")
    var status: [RunStatus] = []

    @Option(help: "Only runs of which the gate said this; may be given several times.")
    var verdict: [Verdict] = []

    @Option(
        help: ArgumentHelp("Only runs to which something happened at this time or later.", valueName: "time"),
        completion: .list(Moment.usual), transform: Moment.argument)
    var since: Moment?

    @Option(
        help: ArgumentHelp("Only runs to which nothing happened at this time or later.", valueName: "time"),
        completion: .list(Moment.usual), transform: Moment.argument)
    var until: Moment?

    @Option(name: [.customShort("n"), .long], help: "At most so many, the latest.")
    var limit: Int?

    @Flag(help: "As many as there are.")
    var all = false

    @Flag(name: [.customShort("r"), .long], help: "The earliest first; --limit still takes the latest.")
    var reverse = false

    @Flag(name: [.customShort("f"), .long], help: "Go on and print what happens from now on.")
    var follow = false

    @OptionGroup var options: LedgerOptions

    /// So many without --limit and --all: more than people read, and quick however many there are.
    static let usualLimit = 100
    /// More than these are shown piece by piece.
    static let mostAtOnce = 1000
    /// So many that are there already when --follow begins.
    static let usualPast = 10

    func validate() throws {
        if let limit, limit < 0 { throw ValidationError("--limit is \(limit), wanted 0 or more") }
        if limit != nil, all { throw ValidationError("--limit and --all contradict each other") }
        if let since, let until, since.time >= until.time {
            throw ValidationError("--since is \(since.time), which is not before --until, \(until.time)")
        }
        if follow, until != nil { throw ValidationError("--follow has no end, so --until makes no sense with it") }
        if follow, options.output.wanted == .json {
            throw ValidationError("--follow prints line by line, which --format json cannot: use --format jsonl")
        }
    }

    func run() throws {
        let ledger = try options.openLedger()
        for model in models where HistoryQuery.isName(model) {
            try RunArgument.requireRuns(of: ModelName(model), ledger)
        }
        if follow {
            return try HistoryFollower(query, past: all ? nil : limit ?? Self.usualPast, options.output).run(ledger)
        }
        let limit = all ? nil : limit ?? Self.usualLimit
        guard let limit, limit <= Self.mostAtOnce else {
            return try HistoryStream(query(limit: limit), isReversed: reverse, options.output).run(ledger)
        }
        // One more tells whether there are more.
        var runs = try ledger.history(query(limit: limit + 1))
        let hasMore = runs.count > limit
        if hasMore { runs.removeLast() }
        try options.show(
            HistoryAnswer(runs: reverse ? runs.reversed() : runs, hasMore: hasMore, isLimited: self.limit != nil))
    }

    /// What is asked for, whatever its number.
    private var query: HistoryQuery { query(limit: nil) }

    private func query(limit: Int?) -> HistoryQuery {
        HistoryQuery(
            models: models, statuses: Set(status), verdicts: Set(verdict), since: since?.time, until: until?.time,
            limit: limit)
    }
}

extension RunStatus: ExpressibleByArgument {}
extension Verdict: ExpressibleByArgument {}
