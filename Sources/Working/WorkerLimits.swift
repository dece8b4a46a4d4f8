import Foundation
import Glibc
import SystemPackage

/// What a worker may use up.
public struct WorkerLimits: Hashable, Sendable, Codable {
    /// Bytes of memory beside the program itself; nil for as much as there is.
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
        let (sum, isTooMuch) = memory.addingReportingOverflow(Self.program)
        let bytes = rlim_t(isTooMuch ? memory : sum)
        var limit = rlimit(rlim_cur: bytes, rlim_max: bytes)
        if setrlimit(__rlimit_resource_t(RLIMIT_DATA.rawValue), &limit) != 0 { throw Errno(rawValue: errno) }
    }

    /// Bytes that count already: a program that is linked statically brings along tens of megabytes of tables.
    private static var program: UInt64 {
        // The sixth number, in pages (proc_pid_statm(5)). Where /proc is not there, they come out of the limit.
        let numbers = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?.split(separator: " ") ?? []
        return numbers.count > 5 ? (UInt64(numbers[5]) ?? 0) * UInt64(max(0, sysconf(CInt(_SC_PAGESIZE)))) : 0
    }

    /// Lets the kernel end workers before the daemon where memory runs out (proc(5), oom_score_adj).
    ///
    /// - Throws: `Errno` where there is no such file, as in a container without /proc.
    static func volunteer() throws {
        let file = try FileDescriptor.open("/proc/self/oom_score_adj", .writeOnly, options: .closeOnExec)
        try file.closeAfter { _ = try file.writeAll("500".utf8) }
    }
}
