import Glibc
import SystemPackage
import Vocabulary

/// What stands at a path now.
enum Entry: Equatable {
    case folder(FolderIdentity)
    case file(FileIdentity)
    case link
    /// Nothing, or neither file nor folder.
    case nothing
    /// Something, perhaps, but its folder may not be entered or its path is longer than a path can be.
    case unreachable(Errno)

    init(at path: FilePath) {
        var status = stat()
        guard path.withPlatformString({ lstat($0, &status) }) == 0 else {
            let reason = Errno(rawValue: errno)
            let isGone = [.noSuchFileOrDirectory, .notDirectory].contains(reason)
            self = isGone ? .nothing : .unreachable(reason)
            return
        }
        switch status.st_mode & S_IFMT {
        case S_IFDIR: self = .folder(FolderIdentity(status))
        case S_IFREG: self = FileIdentity(of: path).map(Entry.file) ?? .nothing
        case S_IFLNK: self = .link
        default: self = .nothing
        }
    }
}

extension FilePath {
    /// The path without symbolic links; nil where it leads nowhere.
    func resolved() -> FilePath? {
        withPlatformString { pointer in
            guard let real = realpath(pointer, nil) else { return nil }
            defer { free(real) }
            return FilePath(platformString: real)
        }
    }
}
