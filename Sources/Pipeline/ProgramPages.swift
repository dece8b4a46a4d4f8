import Foundation
import Glibc

/// The pages of the program file that are mapped into this process.
enum ProgramPages {
    /// Hands back the code that only starting needed: most of it never runs again, and a daemon that waits for days should not
    /// hold it. What runs again is mapped again from the page cache, where the file stays.
    static func release() {
        guard let program = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"),
            let maps = try? String(contentsOfFile: "/proc/self/maps", encoding: .utf8)
        else { return }
        // proc_pid_maps(5): "55e1-55f2 r-xp offset device inode path". Only code: what was relocated differs from the file.
        for line in maps.split(separator: "\n") where line.hasSuffix(" \(program)") && line.contains(" r-xp ") {
            let ends = line.prefix { $0 != " " }.split(separator: "-").compactMap { UInt($0, radix: 16) }
            guard ends.count == 2, ends[0] < ends[1] else { continue }
            // Where the kernel does not want to, it stays as it is.
            madvise(UnsafeMutableRawPointer(bitPattern: ends[0]), Int(ends[1] - ends[0]), MADV_DONTNEED)
        }
    }
}
