import Foundation
import Glibc

/// Memory that a daemon which waits does not need.
enum SpareMemory {
    /// Has all threads take what they allocate from one heap. To be called first of all: glibc gives each thread one of its own
    /// otherwise, of which a burst leaves each half empty, and none of the daemon's threads allocates enough to get into another's
    /// way.
    static func useOneHeap() {
        _ = setHeap?(-8, 1)  // M_ARENA_MAX of mallopt(3)
    }

    /// Hands it back: a daemon that waits for days should not hold what its start or a burst of models took.
    static func release() {
        _ = trimHeap?(0)
        releaseProgram()
    }

    // mallopt(3) and malloc_trim(3), which Swift's view of the C library lacks; nil where the library does too.
    private static let setHeap = dlsym(nil, "mallopt").map {
        unsafeBitCast($0, to: (@convention(c) (CInt, CInt) -> CInt).self)
    }
    private static let trimHeap = dlsym(nil, "malloc_trim").map {
        unsafeBitCast($0, to: (@convention(c) (Int) -> CInt).self)
    }

    /// Hands back the pages of the program file. What runs again is mapped again from the page cache, where the file stays.
    private static func releaseProgram() {
        guard let program = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"),
            let maps = try? String(contentsOfFile: "/proc/self/maps", encoding: .utf8)
        else { return }
        // proc_pid_maps(5): "55e1-55f2 r-xp offset device inode path". Only code and what lies before it, the constants: what was
        // relocated lies behind it and differs from the file.
        for line in maps.split(separator: "\n") where line.hasSuffix(" \(program)") {
            guard line.contains(" r-xp ") || line.contains(" r--p 00000000 ") else { continue }
            let ends = line.prefix { $0 != " " }.split(separator: "-").compactMap { UInt($0, radix: 16) }
            guard ends.count == 2, ends[0] < ends[1] else { continue }
            // Where the kernel does not want to, it stays as it is.
            madvise(UnsafeMutableRawPointer(bitPattern: ends[0]), Int(ends[1] - ends[0]), MADV_DONTNEED)
        }
    }
}
