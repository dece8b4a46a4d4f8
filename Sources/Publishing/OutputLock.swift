import Glibc
import SystemPackage

/// Keeps a second publisher away from an output folder, for as long as this value lives: two would flip each other's
/// `latest`.
///
/// The lock is on the folder itself, so that it can be had on a file system that is full or read-only.
final class OutputLock: Sendable {
    private let folder: CInt

    /// Takes the folder at `output`.
    ///
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

    /// Is the folder at `path` the one that was taken? It is another one where a file system was mounted over it, or
    /// unmounted from it.
    func holds(_ path: FilePath) -> Bool {
        var (mine, found) = (stat(), stat())
        guard fstat(folder, &mine) == 0, path.withPlatformString({ stat($0, &found) }) == 0 else { return false }
        return mine.st_dev == found.st_dev && mine.st_ino == found.st_ino
    }
}
