import Foundation
import Ledger
import Reporting
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
        } else if let pid = pid_t(exactly: daemon.pid), Self.isDaemon(pid) {
            self = .running
        } else {
            self = .dead
        }
    }

    /// Whether there is such a process, and it is not another that has the number now.
    private static func isDaemon(_ pid: pid_t) -> Bool {
        // Signal 0 is sent to nobody; EPERM says that there is somebody.
        guard kill(pid, 0) == 0 || errno == EPERM else { return false }
        // As proc(5) has it: `812 (quantd) S …`. A zombie has ended and waits for its parent to notice.
        guard let line = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
            let name = line.firstIndex(of: "("), let end = line.lastIndex(of: ")")
        else { return true }
        let state = line[end...].dropFirst(2).first
        return line[name...end] == "(quantd)" && state != "Z"
    }

    /// A clause behind the daemon's name.
    func clause(_ daemon: DaemonState, now: Timestamp) -> Phrase {
        switch self {
        case .running:
            "is \(Phrase("running", .good)) (pid \(daemon.pid), for \(Ages.text(from: daemon.started, to: now)))"
        case .stopped:
            "is \(Phrase("stopped", .warning))\(daemon.stopped.map { ", \(Ages.text(from: $0, to: now)) ago" } ?? "")"
        case .dead:
            "is \(Phrase("not running", .bad)), and was not stopped in good order (pid \(daemon.pid))"
        }
    }
}
