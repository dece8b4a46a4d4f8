import Glibc
import SystemPackage

/// An open folder: what is watched and what is listed is so the same one, whatever happens to its path meanwhile.
final class OpenFolder {
    let descriptor: CInt
    let identity: FolderIdentity
    /// Made with the first `next`; owns the descriptor from then on.
    private var stream: OpaquePointer?

    /// Opens the folder at `path`; a symbolic link there is refused unless it is to be followed.
    init(_ path: FilePath, followingLink: Bool) throws(Errno) {
        let flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK | (followingLink ? 0 : O_NOFOLLOW)
        descriptor = path.withPlatformString { open($0, flags) }
        guard descriptor >= 0 else { throw Errno(rawValue: errno) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            let reason = Errno(rawValue: errno)
            close(descriptor)
            throw reason
        }
        identity = FolderIdentity(status)
    }

    deinit {
        if let stream {
            closedir(stream)
        } else {
            close(descriptor)
        }
    }

    /// The next name in the folder, `.` and `..` left out; nil at the end.
    func next() throws(Errno) -> FilePath.Component? {
        if stream == nil { stream = fdopendir(descriptor) }
        guard let stream else { throw Errno(rawValue: errno) }
        while true {
            errno = 0
            guard let entry = readdir(stream) else {
                guard errno == 0 else { throw Errno(rawValue: errno) }
                return nil
            }
            if let name = Self.name(of: entry), name.kind == .regular { return name }
        }
    }

    private static func name(of entry: UnsafePointer<dirent>) -> FilePath.Component? {
        // Read in place: copying the entry would copy 256 bytes of name where there may be fewer.
        guard let offset = MemoryLayout<dirent>.offset(of: \.d_name) else { return nil }
        let name = UnsafeRawPointer(entry).advanced(by: offset).assumingMemoryBound(to: CChar.self)
        return FilePath.Component(platformString: name)
    }
}

extension FolderIdentity {
    init(_ status: stat) {
        self.init(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
    }
}
