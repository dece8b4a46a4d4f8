import Glibc
import SystemPackage

extension FilePath {
    /// Removes files that are there.
    ///
    /// - Throws: `Errno`.
    static func remove(_ paths: FilePath...) throws(Errno) {
        for path in paths where path.withPlatformString(unlink) != 0 && errno != ENOENT {
            throw Errno(rawValue: errno)
        }
    }
}
