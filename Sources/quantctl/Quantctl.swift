import ArgumentParser
import Vocabulary

/// Asks quantd's ledger, and does quantd's work without it.
@main
struct Quantctl: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quantctl",
        abstract: "Asks what quantd did, and quantizes ncnn models without it.",
        version: Version.text,
        subcommands: [QuantizeCommand.self, InspectCommand.self])
}
