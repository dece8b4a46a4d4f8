import Glibc
import Synchronization
import SystemPackage

/// A child process that is spoken with through its three standard streams.
///
/// It is spawned, never forked: a fork would carry the ledger's connection along, which SQLite forbids
/// (sqlite.org/howtocorrupt.html, 2.6).
final class ChildProcess: Sendable {
    /// Our end of its standard input.
    private let input: FileDescriptor
    /// Our ends of what it writes to.
    let output: FileDescriptor
    let errors: FileDescriptor
    /// Its number until its end was taken note of; after that the number may be someone else's.
    private let living: Mutex<pid_t?>

    /// Starts a program, looked for in `PATH` where its name has no slash.
    ///
    /// - Throws: `Errno` where it cannot be started.
    init(_ command: [String], environment: [String: String]) throws(Errno) {
        let (input, childInput) = try Self.connection()
        let (output, childOutput) = try Self.connection()
        let (errors, childErrors) = try Self.connection()
        defer { for end in [childInput, childOutput, childErrors] { Glibc.close(end) } }
        do {
            let streams = [childInput, childOutput, childErrors]
            living = Mutex(try Self.spawn(command, environment, streams))
        } catch {
            for end in [input, output, errors] { Glibc.close(end) }
            throw error
        }
        self.input = FileDescriptor(rawValue: input)
        self.output = FileDescriptor(rawValue: output)
        self.errors = FileDescriptor(rawValue: errors)
    }

    deinit {
        _ = end()
        for end in [input, output, errors] { Glibc.close(end.rawValue) }
    }

    /// Writes to its standard input.
    ///
    /// - Throws: `Errno`; `brokenPipe` where it has gone.
    func tell(_ bytes: [UInt8]) throws(Errno) {
        var rest = bytes[...]
        while !rest.isEmpty {
            // Without the signal, which would end this process for the death of another.
            let count = rest.withUnsafeBytes {
                send(input.rawValue, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL))
            }
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else if errno != EINTR {
                throw Errno(rawValue: errno)
            }
        }
    }

    /// Kills the process and what it started, if it lives. It may be called from anywhere.
    func kill() {
        living.withLock { pid in
            // It leads a group of its own, so that a command which starts others ends with them.
            if let pid { Glibc.kill(-pid, SIGKILL) }
        }
    }

    /// Ends the process, if it lives, and says how it ended; nil where that was told before.
    func end() -> String? {
        living.withLock { pid in
            guard let child = pid else { return nil }
            Glibc.kill(-child, SIGKILL)
            var status: CInt = 0
            while waitpid(child, &status, 0) < 0 && errno == EINTR {}
            pid = nil
            let signal = status & 0x7F
            return signal == 0 ? "ended with status \((status >> 8) & 0xFF)" : "was killed by signal \(signal)"
        }
    }

    /// Two connected ends, one for the child. Sockets, because their ends are born with close-on-exec: an end that another
    /// child inherits would keep this one from ever seeing that the daemon has gone.
    private static func connection() throws(Errno) -> (ours: CInt, childs: CInt) {
        var ends: [CInt] = [0, 0]
        let kind = CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw Errno(rawValue: errno) }
        return (ends[0], ends[1])
    }

    private static func spawn(
        _ command: [String], _ environment: [String: String], _ streams: [CInt]
    ) throws(Errno) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (stream, end) in streams.enumerated() {
            posix_spawn_file_actions_adddup2(&actions, end, CInt(stream))
        }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var (none, all) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setpgroup(&attributes, 0)
        let flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP
        posix_spawnattr_setflags(&attributes, Int16(flags))
        let arguments = command.map { strdup($0) } + [nil]
        let variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in arguments + variables { free(text) } }
        var pid: pid_t = 0
        let code = posix_spawnp(&pid, command.first ?? "", &actions, &attributes, arguments, variables)
        guard code == 0 else { throw Errno(rawValue: code) }
        return pid
    }
}
