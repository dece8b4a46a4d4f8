import ArgumentParser
import Foundation
import Ledger
import Vocabulary

/// `quantctl status`: how everything stands.
struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Shows whether the daemon runs, what it does, and what waits for what.",
        discussion: """
              quantctl status
              quantctl status --json | jq .waiting
              quantctl status --exit-code >/dev/null || echo 'quantd is down'
            """)

    @Flag(help: "All models that wait, however many there are.")
    var all = false

    @Flag(help: "Exit with 1 where the daemon does not run.")
    var exitCode = false

    @OptionGroup var options: LedgerOptions

    func run() throws {
        let state = try options.place.statePath()
        let answer = StatusReport(try options.openLedger().status(), state: state, now: .now, isComplete: all)
        try options.show(answer)
        if exitCode, answer.life != .running { throw ExitCode.no }
    }
}
