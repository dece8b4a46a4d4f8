import Glibc
public import SystemPackage

/// Wakes a thread that waits in `poll`. Any thread may wake it; the descriptors close with the last reference.
///
/// It is a pair of sockets, for Swift sees no `pipe2`, and a child process that another thread starts between `pipe` and
/// `fcntl` would inherit the pipe.
public final class WakePipe: Sendable {
    /// Becomes readable when someone calls `wake`.
    public let readEnd: CInt
    private let writeEnd: CInt

    /// - Throws: `Errno` where there may be no further descriptors.
    public init() throws(Errno) {
        var ends: [CInt] = [-1, -1]
        let kind = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw Errno(rawValue: errno) }
        readEnd = ends[0]
        writeEnd = ends[1]
    }

    deinit {
        close(readEnd)
        close(writeEnd)
    }

    /// Wakes whoever waits, or will.
    public func wake() {
        var byte: UInt8 = 1
        // A full pipe is as good as one more byte in it: the thread will wake.
        _ = write(writeEnd, &byte, 1)
    }

    /// Takes out all that made the pipe readable.
    public func reset() {
        var bytes = [UInt8](repeating: 0, count: 64)
        while read(readEnd, &bytes, bytes.count) > 0 {}
    }
}
