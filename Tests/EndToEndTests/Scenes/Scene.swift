import Foundation
import Glibc
import Ledger
import SystemPackage
import TestSupport
import Testing
import Vocabulary

/// Where a scenario plays: a daemon with its folders, and the programs that write there.
final class Scene {
    let daemon: DaemonProcess
    /// A folder beside the watched one, on the same file system.
    let out: FilePath
    private var keys: [(key: String, value: String)]
    private var prefix: [String] = []
    private var writer: Process?
    private var ledger: LedgerReader?
    private var cookies = 0

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    init() throws {
        daemon = try DaemonProcess()
        out = daemon.folder.path.appending("out")
        try FileManager.default.createDirectory(atPath: out.string, withIntermediateDirectories: false)
        keys = [("settle_seconds", "0.05")]
    }

    deinit { killWriter() }

    /// Plays a scenario and compares the end.
    ///
    /// - Throws: `Failure` with the file and the line.
    func play(_ scenario: Scenario) async throws {
        for step in scenario.steps {
            do {
                try await step.verb.perform(self, step)
            } catch let error as Failure {
                throw Failure(description: "\(scenario.file):\(step.line): \(step.verb.name) \(step.rest): \(error)")
            }
        }
        try await end(scenario)
    }

    // MARK: The end

    /// The state must be the one that is wanted, still be so when everything is at rest and when the daemon has stopped, and
    /// leave nothing to do for the next daemon.
    private func end(_ scenario: Scenario) async throws {
        let wanted = scenario.end
        func check(_ when: String) throws {
            let found = try observe()
            guard found.lines != wanted else { return }
            throw Failure(description: "\(scenario.file): \(when)\n\(found.difference(from: wanted))\n\(daemon.log)")
        }
        do {
            try await until { try self.observe().lines == wanted }
        } catch {
            try check("the end does not come")
        }
        try await rest()
        try check("at rest")
        try stop()
        try check("when the daemon has stopped")
        try await start()
        try await rest()
        try check("when the daemon was started again")
        try stop()
    }

    // MARK: Waiting

    /// Waits for `rest`, `held`, `log TEXT`, a line of the state (or one that begins so, `LINE…`), or that `no` line begins so.
    func `await`(_ what: String) async throws {
        let subject = what.prefix { $0 != " " }
        let rest = String(what.dropFirst(subject.count + 1))
        switch subject {
        case "rest": try await self.rest()
        case "held": try await until { Fixtures.exists(self.heldMark) }
        case "log": try await until { self.daemon.log.contains(rest) }
        case "no": try await until { try !self.observe().lines.contains { $0.hasPrefix(rest) } }
        default:
            guard Observation.subjects.contains(String(subject)) else {
                throw Failure(description: "there is nothing called '\(subject)' to wait for")
            }
            let beginning = what.hasSuffix("…") ? String(what.dropLast()) : nil
            try await until {
                try self.observe().lines.contains { line in beginning.map(line.hasPrefix) ?? (line == what) }
            }
        }
    }

    /// Waits until nothing is on its way: everything that happened in the folder before has been heard, and nothing settles,
    /// is read, is queued or runs.
    ///
    /// A file made for the purpose tells: inotify keeps the order, so what was done before it was heard before it.
    func rest() async throws {
        cookies += 1
        let name = "cookie-\(cookies)"
        let cookie = daemon.models.appending("\(name).bin")
        func isQuiet(_ isThere: Bool) throws -> Bool {
            guard let status = try reader()?.status() else { return false }
            return status.queued == 0 && status.running.isEmpty
                && !status.waiting.contains { ["settling", "inspecting"].contains($0.code) }
                && status.waiting.contains { $0.model.text == name } == isThere
        }
        try Data().write(to: URL(fileURLWithPath: cookie.string))
        defer { _ = unlink(cookie.string) }
        try await until { try isQuiet(true) }
        unlink(cookie.string)
        try await until { try isQuiet(false) }
    }

    /// Asks again and again; the deadline only ends a scenario that has failed.
    private func until(_ isSo: () throws -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while try !isSo() {
            guard ContinuousClock.now < deadline else {
                let state = try reader().map { try Observation($0, of: daemon).lines.joined(separator: "\n") }
                throw Failure(description: "it does not come about; there is\n\(state ?? "no ledger")\n\(daemon.log)")
            }
            try await Task.sleep(for: .milliseconds(25))
        }
    }

    private func observe() throws -> Observation {
        guard let reader = try reader() else { throw Failure(description: "there is no ledger; \(daemon.log)") }
        return try Observation(reader, of: daemon)
    }

    /// nil where the daemon has not made the ledger yet.
    private func reader() throws -> LedgerReader? {
        if ledger == nil { ledger = try? LedgerReader(path: daemon.state.appending("ledger.sqlite")) }
        return ledger
    }

    // MARK: The daemon

    /// Sets a key of the daemon's configuration.
    func configure(_ line: String) throws {
        let parts = line.split(separator: "=", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
        guard parts.count == 2 else { throw Failure(description: "wanted KEY = VALUE") }
        keys.removeAll { $0.key == parts[0] }
        keys.append((parts[0], parts[1]))
    }

    /// Puts one of the daemon's folders elsewhere, relative to the folder in which all of them lie.
    func move(_ folder: String, _ path: String) throws {
        let path = daemon.folder.path.appending(path)
        switch folder {
        case "models": daemon.models = path
        case "output": daemon.output = path
        case "state": daemon.state = path
        default: throw Failure(description: "there is no folder '\(folder)'")
        }
    }

    /// Has the daemon run without the superuser's right to pass permissions over.
    func giveUpRights() throws {
        guard geteuid() == 0 else { return }
        guard let setpriv = Program.path(of: "setpriv") else { try Test.cancel("setpriv is not installed") }
        let command = [setpriv.string, "--reuid=65534", "--regid=65534", "--clear-groups"]
        let canStart = try run(command + [DaemonProcess.products.appending("quantd").string, "--version"])
        guard canStart.status == 0 else { try Test.cancel("an ordinary user cannot start the programs where they lie") }
        prefix = command
        for folder in [daemon.folder.path, daemon.models] { chown(folder.string, 65534, 65534) }
    }

    func start() async throws {
        try launch()
        try await daemon.scanned()
    }

    /// Starts the daemon without waiting for anything.
    func launch() throws {
        let folders = [("models", daemon.models), ("output", daemon.output), ("state", daemon.state)]
            .map { "\($0) = '\($1)'" }
        let others = keys.map { "\($0.key) = \($0.value)" }
        let tables = ["[quantize]", "float_storage = 'fp16'", "[evaluate]", "samples = 0"]
        // It may have been removed meanwhile.
        ledger = nil
        try daemon.folder.write("quantd.toml", (folders + others + tables).joined(separator: "\n"))
        try daemon.launch(through: prefix)
    }

    func stop() throws {
        let status = daemon.stop()
        guard status == 0 else { throw Failure(description: "the daemon ended with status \(status); \(daemon.log)") }
    }

    func kill(_ whom: String) throws {
        switch whom {
        case "daemon": daemon.kill()
        case "writer": killWriter()
        default: throw Failure(description: "nobody is called '\(whom)'")
        }
    }

    // MARK: Holding the worker

    private var holdMark: FilePath { daemon.folder.path.appending("hold") }
    private var heldMark: FilePath { daemon.folder.path.appending("held") }

    /// Has the worker wait, when it has looked at a model's files and is to quantize them, until `release`.
    ///
    /// A shell stands between the daemon and its worker and passes line after line on. It must have been called before the
    /// daemon starts.
    func hold() throws {
        try daemon.folder.write("hold", "")
        let relay = """
            while IFS= read -r line; do
                case $line in '{"make"'*)
                    [ -e '\(holdMark)' ] && : > '\(heldMark)'
                    while [ -e '\(holdMark)' ] && kill -0 $PPID; do sleep 0.01; done
                    rm -f '\(heldMark)' ;;
                esac
                printf '%s\\n' "$line"
            done | '\(DaemonProcess.products.appending("quantd"))' worker
            """
        try configure("worker_command = [\"/bin/sh\", \"-c\", '''\n\(relay)''']")
    }

    func release() throws {
        guard unlink(holdMark.string) == 0 else { throw Failure(description: "nothing is held") }
    }

    // MARK: The folder

    private func place(_ path: String) -> FilePath { daemon.models.appending(path) }

    private func golden(_ ending: String, of model: String) throws -> FilePath {
        guard let path = Golden.file(ending, of: model) else {
            throw Failure(description: "there is no model '\(model)' with a .\(ending)")
        }
        return path
    }

    /// The golden file that belongs under a name of this ending.
    private func bytes(for file: String, of model: String) throws -> [UInt8] {
        try Fixtures.bytes(golden(FilePath(file).extension ?? "", of: model))
    }

    /// `NAME MODEL`: all files of the model. `NAME.bin MODEL [COUNT]`: this file, or so many bytes from its beginning.
    func put(_ words: [String]) throws {
        let (name, model) = (words[0], words[1])
        if ["param", "bin", "table"].contains(FilePath(name).extension) {
            let bytes = try bytes(for: name, of: model)
            try write(name, bytes.prefix(words.count == 3 ? Int(words[2]) ?? 0 : bytes.count))
        } else {
            for ending in ["param", "bin", "table"] where Golden.file(ending, of: model) != nil {
                try write("\(name).\(ending)", bytes(for: "\(name).\(ending)", of: model)[...])
            }
        }
    }

    /// Opens, writes, closes: what was there is truncated first, as by `cp`.
    private func write(_ name: String, _ bytes: ArraySlice<UInt8>) throws {
        let folder = place(name).removingLastComponent()
        if !Fixtures.exists(folder) {
            try FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: true)
        }
        try Data(bytes).write(to: URL(fileURLWithPath: place(name).string))
    }

    /// Runs a shell line in the watched folder, or beside it where that is not there.
    func shell(_ line: String) throws {
        var variables = ProcessInfo.processInfo.environment
        for model in Golden.models { variables[model.key] = Fixtures.golden(model.value).string }
        variables["root"] = daemon.folder.path.string
        variables["out"] = out.string
        variables["output"] = daemon.output.string
        variables["quantd"] = DaemonProcess.products.appending("quantd").string
        variables["quantctl"] = DaemonProcess.products.appending("quantctl").string
        variables["QUANTD_STATE"] = daemon.state.string
        let folder = Fixtures.exists(daemon.models) ? daemon.models : daemon.folder.path
        let end = try run(["/bin/sh", "-euc", line], in: folder, variables)
        guard end.status == 0 else { throw Failure(description: "ended with status \(end.status): \(end.output)") }
    }

    private func run(
        _ command: [String], in folder: FilePath? = nil, _ variables: [String: String]? = nil
    ) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: command[0])
        process.arguments = Array(command.dropFirst())
        process.environment = variables
        if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder.string) }
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.start()
        let text = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: text, as: UTF8.self))
    }

    /// A program that has written the beginning of a file and keeps it open.
    func startWriter(_ words: [String]) async throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        let source = try golden(FilePath(words[0]).extension ?? "", of: words[1])
        let target = place(words[0])
        process.arguments = [
            "-c", "exec > \"$1\"; head -c \"$2\" \"$3\"; exec sleep 3600", "sh", target.string, words[2], source.string,
        ]
        try process.start()
        writer = process
        try await until { FileIdentity(of: target)?.size == Int64(words[2]) }
    }

    private func killWriter() {
        guard let writer else { return }
        Glibc.kill(writer.processIdentifier, SIGKILL)
        writer.waitUntilExit()
        self.writer = nil
    }

    // MARK: What no program does

    /// Makes a file without a name (O_TMPFILE), writes it, and gives it its name while it is still open.
    func linkUnnamed(_ name: String, _ model: String) throws {
        // O_TMPFILE, which holds a cast that Swift does not import, from asm-generic/fcntl.h.
        let unnamed = CInt(0o20000000) | O_DIRECTORY
        let file = open(place(name).removingLastComponent().string, unnamed | O_WRONLY, 0o644)
        guard file >= 0 else { throw Failure(description: "O_TMPFILE: \(Errno(rawValue: errno))") }
        defer { close(file) }
        _ = try FileDescriptor(rawValue: file).writeAll(bytes(for: name, of: model))
        guard linkat(AT_FDCWD, "/proc/self/fd/\(file)", AT_FDCWD, place(name).string, AT_SYMLINK_FOLLOW) == 0 else {
            throw Failure(description: "linkat: \(Errno(rawValue: errno))")
        }
    }

    /// Exchanges two names at once (renameat2).
    func exchange(_ one: String, _ other: String) throws {
        do {
            try renameExchange(place(one), place(other))
        } catch {
            throw Failure(description: "renameat2: \(error)")
        }
    }

    /// Changes a file's bytes through memory behind its closed descriptor, of which no event tells.
    func store(_ name: String, _ model: String) throws {
        let bytes = try bytes(for: name, of: model)
        let file = open(place(name).string, O_RDWR)
        guard file >= 0 else { throw Failure(description: "open: \(Errno(rawValue: errno))") }
        let memory = mmap(nil, bytes.count, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0)
        close(file)
        guard let memory, memory != MAP_FAILED else { throw Failure(description: "mmap: \(Errno(rawValue: errno))") }
        UnsafeMutableRawBufferPointer(start: memory, count: bytes.count).copyBytes(from: bytes)
        munmap(memory, bytes.count)
    }
}
