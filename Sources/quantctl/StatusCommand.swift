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
              quantctl status --format json | jq .waiting
            """)

    @OptionGroup var options: LedgerOptions

    func run() throws {
        let answer = try options.openLedger().status()
        switch options.format {
        case .table: print(StatusText(answer, now: .now).text)
        case .json: print(try Json.text(StatusJson(answer)))
        }
    }
}
