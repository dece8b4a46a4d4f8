import Glibc
import Settings
import Synchronization
import SystemPackage
import Vocabulary
import Working

/// The daemon's end of a worker: asks, waits, and tells an answer from a death.
///
/// Asking blocks, so it belongs on a thread that may wait; one asks at a time.
final class WorkerProcess: Sendable {
    private let child: ChildProcess
    private let answers = Mutex(LineBuffer())
    /// The last of what the worker complained of: a crash says there what it was.
    private let complaints = Mutex<[UInt8]>([])
    /// How long an answer may take.
    private let patience: Duration
    /// When an answer is given up; nil while none is waited for.
    private let deadline = Mutex<ContinuousClock.Instant?>(nil)

    /// Starts a worker and waits until it is ready.
    ///
    /// - Throws: `WorkerFailure`.
    init(_ command: WorkerCommand) throws(WorkerFailure) {
        do {
            child = try ChildProcess(command.arguments, environment: command.environment)
        } catch {
            let reason = String(describing: error).lowercased()
            throw .unavailable("the worker '\(command.name)' cannot be started: \(reason)")
        }
        patience = command.patience
        let reply: WorkReply
        do {
            reply = try ask(.begin(command.limits), within: Self.start)
        } catch {
            throw .unavailable("the worker '\(command.name)' does not get ready: \(error)")
        }
        guard case .ready(let version) = reply else {
            throw .unavailable("the worker '\(command.name)' does not say that it is ready")
        }
        // An upgrade may have put another program in its place, and a result has to name the version that made it.
        guard version == Version.text else {
            throw .unavailable(
                "the worker '\(command.name)' has version \(version), this daemon \(Version.text); restart the daemon")
        }
    }

    /// How long a worker may take to start, which is no model's fault: a scheduler may have to find a machine for it.
    private static let start = Duration.seconds(600)

    /// Sends a request and waits for its answer.
    ///
    /// - Parameters:
    ///   - time: how long the answer may take; nil for what the command says.
    ///   - progress: called with what the worker says meanwhile.
    /// - Throws: `WorkerFailure`; the worker is of no use after it.
    func ask(
        _ request: WorkRequest, within time: Duration? = nil, progress: (WorkProgress) -> Void = { _ in }
    ) throws(WorkerFailure) -> WorkReply {
        let time = time ?? patience
        let deadline = ContinuousClock.now + time
        self.deadline.withLock { $0 = deadline }
        defer { self.deadline.withLock { $0 = nil } }
        do {
            try child.tell(JsonLine.encode(request))
            while true {
                let reply = try JsonLine.decode(WorkReply.self, from: nextLine(until: deadline, of: time))
                guard case .progress(let made) = reply else { return reply }
                progress(made)
            }
        } catch let error as WorkerFailure {
            throw error
        } catch is Errno {
            throw died()
        } catch {
            _ = child.end()
            throw .died("it gave no answer but '\(error)'")
        }
    }

    /// Whether an answer is still waited for that should have been given up.
    var isOverdue: Bool {
        deadline.withLock { $0.map { $0 + .seconds(60) < .now } ?? false }
    }

    /// Ends the worker, whatever it is doing; whoever waits for its answer gets a failure.
    func kill() { child.kill() }

    /// Waits for a line of the worker's output and keeps what it complains of.
    private func nextLine(until deadline: ContinuousClock.Instant, of time: Duration) throws -> [UInt8] {
        while true {
            if let line = answers.withLock({ $0.next() }) { return line }
            let left = deadline - .now
            guard left > .zero else {
                _ = child.end()
                throw WorkerFailure.died("it did not end within \(time) and was killed")
            }
            var ends = [child.output, child.errors].map {
                pollfd(fd: $0.rawValue, events: Int16(POLLIN), revents: 0)
            }
            // Rounded up, or the last millisecond would be waited for without sleep.
            let milliseconds = left / .milliseconds(1)
            let count = poll(&ends, 2, CInt(min(milliseconds.rounded(.up), 3_600_000)))
            if count < 0 && errno != EINTR { throw Errno(rawValue: errno) }
            guard count > 0 else { continue }
            if ends[1].revents != 0 { listen() }
            guard ends[0].revents != 0 else { continue }
            let isOver = try answers.withLock { answers in
                guard answers.count < JsonLine.longest else { return true }
                return try answers.fill(from: child.output) == 0
            }
            if isOver { throw died() }
        }
    }

    /// - Returns: Whether there may be more.
    @discardableResult
    private func listen() -> Bool {
        var piece = [UInt8](repeating: 0, count: 4096)
        let count = piece.withUnsafeMutableBytes { (try? child.errors.read(into: $0)) ?? 0 }
        complaints.withLock { $0 = ($0 + piece[..<count]).suffix(4096) }
        return count > 0
    }

    /// What is left of a worker that has gone.
    private func died() -> WorkerFailure {
        let end = child.end() ?? "was killed"
        while listen() {}
        let lines = complaints.withLock { String(decoding: $0, as: UTF8.self) }.split(separator: "\n")
        let said = lines.last { $0.contains("rror") } ?? lines.last { $0.contains(where: \.isLetter) }
        return .died("it \(end)" + (said.map { ": \($0.prefix(300))" } ?? ""))
    }
}

/// How a worker is started.
struct WorkerCommand: Sendable {
    /// The program with its arguments.
    let arguments: [String]
    let environment: [String: String]
    let limits: WorkerLimits
    /// How long an answer may take.
    let patience: Duration

    /// For messages.
    var name: String { arguments.joined(separator: " ") }

    /// - Parameter environment: the daemon's own.
    init(_ configuration: Configuration, environment: [String: String]) {
        // The program that runs, even where another one lies under its name by now.
        arguments = configuration.workerCommand.isEmpty ? ["/proc/self/exe", "worker"] : configuration.workerCommand
        // What systemd says to the daemon is not said to its children (sd_notify(3)).
        var variables = environment.filter { !$0.key.hasPrefix("NOTIFY_") && !$0.key.hasPrefix("WATCHDOG_") }
        // A trace of a process without memory needs more memory; who wants one sets the variable.
        variables["SWIFT_BACKTRACE"] = environment["SWIFT_BACKTRACE"] ?? "enable=no"
        self.environment = variables
        limits = WorkerLimits(
            memory: configuration.workerMebibytes == 0 ? nil : UInt64(configuration.workerMebibytes) << 20)
        patience = configuration.workerTime
    }
}

/// Why a worker gave no answer.
enum WorkerFailure: Error, CustomStringConvertible {
    /// It came to its end over the request: perhaps the request's fault.
    case died(String)
    /// It never began: not the request's fault.
    case unavailable(String)

    var description: String {
        switch self {
        case .died(let clause): "the worker died: \(clause)"
        case .unavailable(let clause): clause
        }
    }
}
