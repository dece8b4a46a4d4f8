import Crypto
import Foundation
import Glibc
import Ledger
import SystemPackage
import TestSupport
import Vocabulary

/// A real `quantd` on a fresh folder.
final class DaemonProcess {
    let folder: TemporaryFolder
    var models: FilePath
    var output: FilePath
    var state: FilePath
    private var process: Process?

    /// Where the built executables lie: beside the test bundle.
    static let products = FilePath(
        URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent().path)

    init() throws {
        folder = try TemporaryFolder()
        models = folder.path.appending("models")
        output = folder.path.appending("output")
        state = folder.path.appending("state")
        try FileManager.default.createDirectory(atPath: models.string, withIntermediateDirectories: true)
    }

    deinit {
        // A test that failed half-way must not leave a daemon behind.
        if let process, process.isRunning { Glibc.kill(process.processIdentifier, SIGKILL) }
    }

    /// Starts the daemon.
    ///
    /// - Parameters:
    ///   - extra: further lines of its configuration.
    ///   - environment: variables that go over those of the test.
    ///   - evaluates: whether it runs the twins; most tests are about something else and have no time for it.
    func start(_ extra: String = "", evaluates: Bool = false, environment: [String: String] = [:]) throws {
        try configure(extra, evaluates: evaluates)
        try launch(environment: environment)
    }

    /// Where its configuration lies.
    var configuration: FilePath { folder.path.appending("quantd.toml") }

    /// Starts the daemon with the configuration that lies there.
    ///
    /// - Parameters:
    ///   - prefix: a program with its arguments that starts it.
    ///   - environment: variables over those of this process.
    func launch(through prefix: [String] = [], environment: [String: String] = [:]) throws {
        let process = Process()
        let command = prefix + [Self.products.appending("quantd").string, "--config", configuration.string]
        process.executableURL = URL(fileURLWithPath: command[0])
        process.arguments = Array(command.dropFirst())
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let log = folder.path.appending("log").string
        if !Fixtures.exists(FilePath(log)) { try Data().write(to: URL(fileURLWithPath: log)) }
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: log))
        try handle.seekToEnd()
        process.standardError = handle
        try process.start()
        self.process = process
    }

    /// The daemon's process number; nil where none runs.
    var pid: Int? { process.flatMap { $0.isRunning ? Int($0.processIdentifier) : nil } }

    /// Writes the configuration.
    @discardableResult
    func configure(_ extra: String, evaluates: Bool = false, output: FilePath? = nil) throws -> FilePath {
        try folder.write(
            "quantd.toml",
            """
            models = "\(models)"
            output = "\(output ?? self.output)"
            state = "\(state)"
            settle_seconds = 0.2
            \(extra)
            \(evaluates ? "" : "[evaluate]\nsamples = 0")
            """)
    }

    /// Sends the daemon a signal.
    func signal(_ number: CInt) {
        if let process { Glibc.kill(process.processIdentifier, number) }
    }

    /// Waits until the daemon has said something.
    func logged(_ words: String) async throws {
        _ = try await `await`("'\(words)' in the log") { _ in log.contains(words) ? true : nil }
    }

    /// Asks the daemon to stop and returns its exit status.
    func stop() -> Int32 {
        // A program that has not begun to run its own code yet can only die of a signal.
        while let process, process.isRunning, !holds(SIGTERM, process.processIdentifier) { usleep(1000) }
        process?.terminate()
        return exit()
    }

    /// Whether a process keeps a signal for whoever waits for it (proc_pid_status(5), SigBlk).
    private func holds(_ signal: CInt, _ pid: pid_t) -> Bool {
        let status = (try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)) ?? ""
        let mask = status.split(separator: "\n").first { $0.hasPrefix("SigBlk:") }?.split(separator: "\t").last
        return mask.flatMap { UInt64($0, radix: 16) }.map { $0 & 1 << UInt64(signal - 1) != 0 } ?? false
    }

    /// Waits until the daemon has ended and returns its exit status.
    func exit() -> Int32 {
        guard let process else { return -1 }
        process.waitUntilExit()
        return process.terminationStatus
    }

    /// Kills the daemon as a power cut would, without a goodbye.
    func kill() {
        guard let process else { return }
        Glibc.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// The processes that the daemon started and that live.
    var workers: [pid_t] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { pid_t($0) }.filter { child in
            // proc(5): the name stands in parentheses, then state and parent.
            let text = (try? String(contentsOfFile: "/proc/\(child)/stat", encoding: .utf8)) ?? ""
            let fields = text.split(separator: ")").last?.split(separator: " ") ?? []
            return fields.count > 1 && fields[0] != "Z" && fields[1] == "\(process?.processIdentifier ?? 0)"
        }
    }

    /// How often its threads have waited for something so far, each thread by its number.
    var waits: [String: String] {
        let threads = "/proc/\(process?.processIdentifier ?? 0)/task"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: threads)) ?? []
        return names.reduce(into: [:]) { waits, name in
            let status = (try? String(contentsOfFile: "\(threads)/\(name)/status", encoding: .utf8)) ?? ""
            waits[name] = status.split(separator: "\n").first { $0.hasPrefix("voluntary_ctxt_switches:") }.map(
                String.init)
        }
    }

    var log: String {
        (try? String(contentsOfFile: folder.path.appending("log").string, encoding: .utf8)) ?? ""
    }

    // MARK: The ledger

    struct TookTooLong: Error, CustomStringConvertible {
        let description: String
    }

    /// Asks the ledger until the answer is there; the deadline only ends a test that has failed.
    ///
    /// It is asked once more behind the deadline: hundreds of other tests may have kept this one waiting until then.
    func await<Answer>(_ what: String, _ ask: (LedgerReader) throws -> Answer?) async throws -> Answer {
        let deadline = ContinuousClock.now + .seconds(400)
        var asked = 0
        while true {
            let isLast = ContinuousClock.now >= deadline
            if let ledger = try? LedgerReader(path: state.appending("ledger.sqlite")) {
                asked += 1
                if let answer = try ask(ledger) { return answer }
            }
            if isLast { break }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw TookTooLong(description: "\(what) did not come about, asked \(asked) times; the daemon says: \(log)")
    }

    /// Waits until this very daemon has scanned its folder for the first time.
    func scanned() async throws {
        let pid = process.map { Int($0.processIdentifier) }
        _ = try await `await`("the first scan") { ledger in
            try ledger.status().daemon.flatMap { $0.pid == pid ? $0.lastScan : nil }
        }
    }

    /// Waits until the latest run of a model has ended.
    func ended(_ model: String, after run: Int = 0) async throws -> RunDetail {
        try await `await`("the end of a run of \(model)") { ledger in
            guard let detail = try ledger.run(.latest(ModelName(model))), detail.summary.status.hasEnded,
                detail.summary.run > run
            else { return nil }
            return detail
        }
    }

    /// Whether a run is recorded with the contents of these of its inputs as they lie in the folder.
    func hasDigests(of endings: [String], _ run: RunDetail) throws -> Bool {
        try endings.allSatisfy { ending in
            let bytes = try Fixtures.bytes(models.appending("\(run.summary.model.text).\(ending)"))
            let digest = ArtifactDigest(bytes: SHA256.hash(data: Data(bytes)))
            return run.artifacts.contains { $0.role.rawValue == ending && $0.digest == digest }
        }
    }

    /// Waits until a model is listed as waiting with a clause that the test wants.
    func waiting(_ model: String, _ isWanted: @escaping (String) -> Bool) async throws -> WaitingRow {
        try await `await`("\(model) waiting") { ledger in
            try ledger.status().waiting.first { $0.model.text == model && isWanted($0.clause) }
        }
    }

    /// Waits until the daemon has ended by itself, and returns its exit status.
    func waitForEnd() -> Int32 {
        guard let process else { return -1 }
        process.waitUntilExit()
        return process.terminationStatus
    }

    /// Runs `quantctl` on the daemon's ledger.
    func quantctl(_ arguments: String...) throws -> (status: Int32, output: String, error: String) {
        try quantctl(arguments)
    }

    /// Runs `quantctl` on the daemon's ledger, or on one that lies elsewhere.
    func quantctl(
        _ arguments: [String], state: FilePath? = nil
    ) throws -> (status: Int32, output: String, error: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Self.products.appending("quantctl").string)
        // A configuration that a test gives names the state itself.
        process.arguments =
            arguments + (arguments.contains("--config") ? [] : ["--state", (state ?? self.state).string])
        let (output, error) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = error
        try process.start()
        let text = output.fileHandleForReading.readDataToEndOfFile()
        let complaint = error.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (
            process.terminationStatus, String(decoding: text, as: UTF8.self), String(decoding: complaint, as: UTF8.self)
        )
    }
}
