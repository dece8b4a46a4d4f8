import Foundation
import Glibc
import SystemPackage
import TestSupport

/// The real `quantctl` and the shell, as people start them.
enum CommandLine {
    struct Answer {
        let status: Int32
        /// Whether a signal ended it, whose number is the status.
        let wasKilled: Bool
        let output: String
        let error: String
    }

    /// Where the built executables lie: beside the test bundle.
    static let products = FilePath(
        URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent().path)

    /// Runs `quantctl` on a ledger.
    static func quantctl(
        _ arguments: [String], _ ledger: SampleLedger, environment: [String: String] = [:]
    ) throws -> Answer {
        try run(products.appending("quantctl").string, arguments, ledger, environment)
    }

    /// Runs a script in bash, in which `quantctl` is the one that was built.
    static func bash(
        _ script: String, _ ledger: SampleLedger, environment: [String: String] = [:], output: FileHandle? = nil
    ) throws -> Answer {
        try run("/bin/bash", ["--norc", "-c", script], ledger, environment, output)
    }

    /// Runs a command line in a terminal of some size, and returns what it writes there.
    static func terminal(
        _ line: String, _ ledger: SampleLedger, columns: Int = 80, rows: Int = 24, environment: [String: String] = [:]
    ) throws -> Answer {
        let inside = "stty cols \(columns) rows \(rows); \(line)"
        return try run(
            "/usr/bin/script", ["--quiet", "--return", "--command", inside, "/dev/null"], ledger,
            ["TERM": "xterm", "SHELL": "/bin/sh"].merging(environment) { $1 })
    }

    /// Presses keys in an interactive bash, and returns what its terminal shows.
    static func typing(
        _ keys: String, _ ledger: SampleLedger, environment: [String: String] = [:]
    ) throws -> Answer {
        let pipe = Pipe()
        // As many keys as fit into a pipe; its end is the end of the session.
        try pipe.fileHandleForWriting.write(contentsOf: Data(keys.utf8))
        try pipe.fileHandleForWriting.close()
        let bash = "stty cols 500; exec bash --norc --noprofile -i"
        return try run(
            "/usr/bin/script", ["--quiet", "--return", "--command", bash, "/dev/null"], ledger,
            ["TERM": "dumb", "SHELL": "/bin/sh", "PS1": "$ "].merging(environment) { $1 },
            input: pipe.fileHandleForReading)
    }

    private static func run(
        _ program: String, _ arguments: [String], _ ledger: SampleLedger, _ environment: [String: String],
        _ target: FileHandle? = nil, input: FileHandle = .nullDevice
    ) throws -> Answer {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.environment = [
            "PATH": "\(products):/usr/bin:/bin", "QUANTD_STATE": ledger.state.string, "LANG": "C.UTF-8", "HOME": "/",
        ].merging(environment) { $1 }
        let (output, error) = (Pipe(), Pipe())
        process.standardInput = input
        if let target { process.standardOutput = target } else { process.standardOutput = output }
        process.standardError = error
        try process.start()
        try? output.fileHandleForWriting.close()
        // The complaint is shorter than a pipe is long, so it can be read last.
        let text = output.fileHandleForReading.readDataToEndOfFile()
        let complaint = error.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return Answer(
            status: process.terminationStatus, wasKilled: process.terminationReason == .uncaughtSignal,
            output: String(decoding: text, as: UTF8.self), error: String(decoding: complaint, as: UTF8.self))
    }
}
