import ArgumentParser
import Ledger
import Publishing
import Requests
import SystemPackage
import Vocabulary

/// `quantctl prune`: old results go, the history stays.
struct PruneCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune",
        abstract: "Shows which old results could go, and with --apply has quantd remove them.",
        discussion: """
            Removes the folders of old results and the lines of their layers. The runs stay in the history with their digests and \
            figures, and say when they were pruned. The latest result of a model is never removed, nor the one that its \
            'latest' points to.

              quantctl prune --keep 3
              quantctl prune --keep 3 'vision/*' --format csv   (run by run)
              quantctl prune --keep 1 --older-than 90d 'vision/*'
              quantctl prune --keep 1 --older-than 90d 'vision/*' --apply
            """)

    @Argument(
        help: "Only models whose name fits this pattern (*, ?, […]).",
        completion: .custom(LedgerCompletion.models))
    var models: String?

    @Option(help: "Keep so many of the latest results of each model.")
    var keep: Int?

    @Option(help: ArgumentHelp("Only runs that ended so long ago: 12h, 90d, 8w, 1y.", valueName: "age"))
    var olderThan: Age?

    @Flag(help: "Do it. Without this it is only shown.")
    var apply = false

    @OptionGroup var asking: Asking
    @OptionGroup var options: LedgerOptions

    func validate() throws {
        guard keep != nil || olderThan != nil else { throw ValidationError("give --keep, --older-than or both") }
        if let keep, keep < 1 { throw ValidationError("--keep is \(keep), wanted 1 or more") }
    }

    func run() throws {
        let ledger = try options.openLedger()
        let retention = try Retention(
            models: models, keep: keep, before: olderThan.map { Timestamp.now.advanced(bySeconds: -$0.seconds) })
        let models = try Self.chosen(retention, ledger)
        guard apply, !models.isEmpty else { return try PruneAnswer(models: models, request: nil).show(options.output) }
        let request = Request(.prune(retention))
        try asking.drop(request, state: try options.place.statePath())
        let outcome = try asking.outcomes(of: [request], in: ledger)[0]
        try PruneAnswer(models: models, request: AskedRequest(request, of: nil, outcome)).show(options.output)
        if outcome.isRefused { throw ExitCode.no }
    }

    private static func chosen(_ retention: Retention, _ ledger: LedgerReader) throws -> [[PrunableRun]] {
        guard let daemon = try ledger.daemon() else {
            throw Complaint("no daemon has ever written \(ledger.path), there is nothing to prune", .absent)
        }
        let publisher = Publisher(reading: daemon.outputFolder)
        return try retention.choose(in: ledger, of: publisher)
    }
}

/// A span of time as people write it: `12h`, `90d`.
struct Age: ExpressibleByArgument {
    let seconds: Double

    private static let units: [Substring: Double] = [
        "s": 1, "min": 60, "h": 3600, "d": 86400, "w": 7 * 86400, "y": 365 * 86400,
    ]

    init?(argument: String) {
        let digits = argument.prefix { $0.isASCII && $0.isNumber }
        guard let count = Int(digits), let unit = Self.units[argument.dropFirst(digits.count)], count < 1_000_000_000
        else {
            return nil
        }
        seconds = Double(count) * unit
    }
}
