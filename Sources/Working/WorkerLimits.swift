import Glibc
import SystemPackage

/// What a worker may use up.
public struct WorkerLimits: Hashable, Sendable, Codable {
    /// Bytes of memory; nil for as much as there is.
    public let memory: UInt64?

    public init(memory: UInt64?) {
        self.memory = memory
    }

    /// Puts the limits on this process.
    ///
    /// - Throws: `Errno` where the system refuses.
    func apply() throws(Errno) {
        guard let memory else { return }
        // Private memory that can be written (since Linux 4.7), not the address space: threads reserve much more of that
        // than they ever touch.
        var limit = rlimit(rlim_cur: rlim_t(memory), rlim_max: rlim_t(memory))
        if setrlimit(__rlimit_resource_t(RLIMIT_DATA.rawValue), &limit) != 0 { throw Errno(rawValue: errno) }
    }

    /// Lets the kernel end workers before the daemon where memory runs out (proc(5), oom_score_adj).
    ///
    /// - Throws: `Errno` where there is no such file, as in a container without /proc.
    static func volunteer() throws {
        let file = try FileDescriptor.open("/proc/self/oom_score_adj", .writeOnly, options: .closeOnExec)
        try file.closeAfter { _ = try file.writeAll("500".utf8) }
    }
}
