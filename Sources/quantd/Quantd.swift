import ArgumentParser
import Foundation
import Logging
import Pipeline
import Scheduling
import Settings
import SystemPackage
import Vocabulary

/// Watches a folder of ncnn models and publishes their int8 twins.
@main
struct Quantd: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quantd",
        abstract:
            "Watches a folder of ncnn models, quantizes what arrives to int8 and publishes the result all at once.",
        discussion: """
            Give it a configuration, or the three folders that it needs:

              quantd --config /etc/quantd/quantd.toml
              quantd --models ~/models --output ~/quantized --state ~/.local/state/quantd

            It stops on SIGTERM and SIGINT: runs that do not end within two seconds are put back. On SIGHUP it reads the \
            configuration again.
            """,
        version: Version.text, subcommands: [WorkerCommand.self])

    @Option(
        help: ArgumentHelp("The configuration, in TOML.", valueName: "file"), completion: .file(extensions: ["toml"]))
    var config: String?

    @Option(help: ArgumentHelp("The watched folder.", valueName: "folder"), completion: .directory)
    var models: String?

    @Option(help: ArgumentHelp("Where int8 twins are published.", valueName: "folder"), completion: .directory)
    var output: String?

    @Option(help: ArgumentHelp("Where the ledger lies.", valueName: "folder"), completion: .directory)
    var state: String?

    @Flag(help: "Check the configuration and exit.")
    var check = false

    func run() throws {
        // Before anything hears them: one that comes now would end the daemon as a crash does.
        Signals.hold(Daemon.signals)
        let configuration: Configuration
        do {
            configuration = try self.settings()
            try configuration.check()
            try configuration.checkSigningKey()
        } catch let error as ConfigurationError {
            Self.complain("\(error)")
            throw ExitCode(78)  // EX_CONFIG: systemd is told not to try again
        }
        if check {
            print("configuration is sound")
            return
        }
        let environment = ProcessEnvironment.values
        let journal = JournalSocket(stream: environment["JOURNAL_STREAM"])
        LoggingSystem.bootstrap { _ in
            if let journal { return JournalLogHandler(journal) }
            return LineLogHandler(isUnderSystemd: environment["JOURNAL_STREAM"] != nil)
        }
        let logger = Logger(label: "quantd")
        let command = self
        let daemon = Daemon(configuration, environment: environment, logger: logger) { try command.settings() }
        do {
            try daemon.run()
        } catch let error as ConfigurationError {
            Self.complain("\(error)")
            throw ExitCode(78)
        } catch {
            Self.complain("\(error)")
            throw ExitCode.failure
        }
    }

    /// The file's settings with those of the command line over them.
    private func settings() throws -> Configuration {
        func folder(_ path: String) -> FilePath {
            let path = FilePath(path)
            return path.isAbsolute
                ? path.lexicallyNormalized() : ProcessEnvironment.folder.pushing(path).lexicallyNormalized()
        }
        var settings: Configuration
        if let config {
            settings = try Configuration(file: FilePath(config))
        } else {
            guard let models, let output, let state else {
                throw ValidationError("give --config, or all of --models, --output and --state")
            }
            settings = Configuration(models: folder(models), output: folder(output), state: folder(state))
        }
        if let models { settings.models = folder(models) }
        if let output { settings.output = folder(output) }
        if let state { settings.state = folder(state) }
        settings.takeCredentials(ProcessEnvironment.values)
        return settings
    }

    private static func complain(_ message: String) {
        FileHandle.standardError.write(Data("quantd: \(message)\n".utf8))
    }
}
