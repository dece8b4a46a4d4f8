import ArgumentParser
import Foundation
import Ledger
import Settings
import SystemPackage

/// Which ledger is asked, and how the answer is printed.
struct LedgerOptions: ParsableArguments {
    @OptionGroup var place: LedgerPlace
    @OptionGroup var output: OutputOptions

    /// Opens the ledger for reading.
    func openLedger() throws -> LedgerReader {
        try place.openLedger()
    }

    /// Prints an answer.
    func show(_ answer: some Answer) throws {
        try output.show(answer)
    }
}

/// Where the ledger lies.
struct LedgerPlace: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The state folder of the daemon. Without it: that of --config, of $QUANTD_STATE, of /etc/quantd/quantd.toml, or "
                + "/var/lib/quantd/state.", valueName: "folder"),
        completion: .directory)
    var state: String?

    @Option(
        help: ArgumentHelp("The daemon's configuration, which names the state folder.", valueName: "file"),
        completion: .file(extensions: ["toml"]))
    var config: String?

    static let systemConfiguration = "/etc/quantd/quantd.toml"

    /// Opens the ledger for reading.
    func openLedger() throws -> LedgerReader {
        try LedgerReader(path: try statePath().appending("ledger.sqlite"))
    }

    /// The state folder.
    func statePath() throws -> FilePath {
        if let state { return FilePath(state) }
        if let config { return try Configuration(file: FilePath(config)).state }
        if let state = ProcessInfo.processInfo.environment["QUANTD_STATE"], !state.isEmpty { return FilePath(state) }
        if FileManager.default.isReadableFile(atPath: Self.systemConfiguration) {
            return try Configuration(file: FilePath(Self.systemConfiguration)).state
        }
        return "/var/lib/quantd/state"
    }
}
