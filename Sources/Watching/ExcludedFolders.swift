import Glibc
import SystemPackage

/// Folders below the root that are not looked into, such as our own output.
struct ExcludedFolders: Sendable {
    private let paths: [FilePath]

    init(_ paths: [FilePath]) {
        self.paths = paths.map { $0.lexicallyNormalized() }
    }

    /// Whether this is one of the folders, by the way its path is written. Costs no look at the disk.
    func contains(_ path: FilePath) -> Bool {
        paths.contains(path)
    }

    /// Whether this is one of the folders, by whatever path it was reached.
    func contains(_ folder: FolderIdentity) -> Bool {
        paths.contains { path in
            var status = stat()
            return path.withPlatformString { stat($0, &status) } == 0 && FolderIdentity(status) == folder
        }
    }

    /// Whether a path without symbolic links lies in one of the folders.
    func hold(resolved path: FilePath) -> Bool {
        paths.contains { excluded in excluded.resolved().map(path.starts(with:)) ?? false }
    }
}
