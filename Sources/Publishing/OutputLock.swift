import Glibc
import SystemPackage

/// Keeps a second publisher away from an output folder, for as long as this value lives: two would flip each other's
/// `latest`.
///
/// The lock is on the folder itself, so that it can be had on a file system that is full or read-only.
public final class OutputLock: Sendable {
    private let folder: CInt

    /// - Throws: `PublishingError`; where the file system knows no such locks (some network ones), there is none and no
    ///   error.
    init(on output: FilePath) throws(PublishingError) {
        folder = output.withPlatformString { open($0, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        guard folder >= 0 else {
            throw PublishingError(.system(operation: "open folder", code: Errno(rawValue: errno)), at: output)
        }
        if flock(folder, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK {
            close(folder)
            throw PublishingError(.inUse, at: output)
        }
    }

    deinit { close(folder) }
}

extension Publisher {
    /// Takes the output folder for this process.
    ///
    /// - Throws: `PublishingError` where another publisher has it, or it cannot be opened.
    public func lock() throws(PublishingError) -> OutputLock {
        try OutputLock(on: output)
    }
}
