import ArgumentParser
import Foundation
import Reporting
import Vocabulary

/// Asks quantd's ledger, and does quantd's work without it.
@main
struct Quantctl: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quantctl",
        abstract: "Asks what quantd did, and quantizes ncnn models without it.",
        discussion: """
            Exit codes: 0 done; 1 the answer is no (a model is refused, a gate does not hold); 3 there is no such thing (run, \
            model, ledger); 64 wrong usage; 65 the ledger cannot be understood (newer or older version, damaged); 74 \
            reading or writing failed; 75 the ledger is locked, try again; 77 permissions are in the way; 78 the \
            configuration is wrong.
            """,
        version: Version.text,
        groupedSubcommands: [
            CommandGroup(
                name: "What the daemon did:",
                subcommands: [
                    StatusCommand.self, HistoryCommand.self, ShowCommand.self, LayersCommand.self,
                    CompareCommand.self, TrendCommand.self, ReportCommand.self,
                ]),
            CommandGroup(
                name: "What it proves:",
                subcommands: [VerifyCommand.self, LineageCommand.self, ExportCommand.self]),
            CommandGroup(
                name: "Upkeep:",
                subcommands: [RetryCommand.self, PruneCommand.self, DbCommand.self, DoctorCommand.self]),
            CommandGroup(
                name: "Without the daemon:",
                subcommands: [
                    QuantizeCommand.self, InspectCommand.self, InferCommand.self, EvaluateCommand.self,
                    BenchCommand.self,
                ]),
            CommandGroup(name: "For the shell:", subcommands: [CompletionCommand.self]),
        ])

    static func main() async {
        do {
            try requireCommand()
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            // The parser's own errors (usage, help, version) know how they are printed.
            if exitCode(for: error) != .failure || error is ExitCode { exit(withError: error) }
            let complaint = Complaint(error)
            StandardError.note("\(complaint)")
            Foundation.exit(complaint.exitCode.rawValue)
        }
    }

    /// A command that is none, with a word about which may have been meant; everything else the parser says itself.
    private static func requireCommand() throws {
        let word = CommandLine.arguments.dropFirst().first ?? ""
        let names = configuration.subcommands.map { $0._commandName } + ["help"]
        // Shells ask for words through options and commands of the parser's own, which begin with dashes.
        guard !word.isEmpty, !word.hasPrefix("-"), !names.contains(word) else { return }
        let near = NearNames.question(NearNames.nearest(to: word, among: names))
        throw Complaint(
            "there is no command '\(word.harmless)'\(near)\(near.isEmpty ? "; see quantctl --help" : "")", .usage)
    }
}
