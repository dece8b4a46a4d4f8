public import Foundation
import Glibc
import Synchronization

/// Nothing is inherited by two children: a socket through which Foundation learns of the end of one, or a pipe from which its
/// output is read, would be kept open by the other, and whoever waits for the one would wait for both.
private let starts = Mutex(())

extension Process {
    /// Starts the process as `run` does, while no other one is started, and without what was opened for others.
    public func start() throws {
        try starts.withLock { _ in
            let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
            for descriptor in names.compactMap({ CInt($0) }) where descriptor > STDERR_FILENO {
                _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
            }
            try run()
        }
    }
}
