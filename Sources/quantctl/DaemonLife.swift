import Ledger
import Vocabulary

#if canImport(Glibc)
    import Glibc
#endif

/// Whether the daemon that wrote a ledger is alive.
enum DaemonLife: String {
    case running
    case stopped
    /// It did not say goodbye, and there is no such process any more.
    case dead

    init(_ daemon: DaemonState) {
        if daemon.stopped != nil {
            self = .stopped
        } else if let pid = pid_t(exactly: daemon.pid), kill(pid, 0) == 0 || errno == EPERM {
            // Signal 0 is sent to nobody; EPERM says that there is somebody.
            self = .running
        } else {
            self = .dead
        }
    }
}

extension DaemonLife {
    /// A clause behind the daemon's name.
    static func clause(_ daemon: DaemonState, now: Timestamp) -> String {
        switch DaemonLife(daemon) {
        case .running: "is running (pid \(daemon.pid), for \(Ages.text(from: daemon.started, to: now)))"
        case .stopped: "stopped" + (daemon.stopped.map { " \(Ages.text(from: $0, to: now)) ago" } ?? "")
        case .dead: "is not running, and was not stopped in good order (pid \(daemon.pid))"
        }
    }
}
