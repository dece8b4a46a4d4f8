public import SystemPackage

#if canImport(Glibc)
    import Glibc
#endif

/// What tells one state of a file from another without reading it: a file whose identity is the same before and after
/// reading was not changed meanwhile.
public struct FileIdentity: Hashable, Sendable, Codable {
    public let device: UInt64
    public let inode: UInt64
    /// Bytes.
    public let size: Int64
    /// Nanoseconds since 1970.
    public let modified: Int64
    /// Nanoseconds since 1970; unlike `modified` it cannot be set by a copier, so it also tells a `mv` over the file.
    public let changed: Int64

    public init(device: UInt64, inode: UInt64, size: Int64, modified: Int64, changed: Int64) {
        self.device = device
        self.inode = inode
        self.size = size
        self.modified = modified
        self.changed = changed
    }
}

#if canImport(Glibc)
    extension FileIdentity {
        /// The identity of the regular file at `path`, symbolic links followed; nil where there is none or it is no
        /// regular file.
        public init?(of path: FilePath) {
            var status = stat()
            guard path.withPlatformString({ stat($0, &status) }) == 0 else { return nil }
            self.init(regular: status)
        }

        /// The identity of the file behind an open descriptor; nil where it is no regular file.
        public init?(of descriptor: FileDescriptor) {
            var status = stat()
            guard fstat(descriptor.rawValue, &status) == 0 else { return nil }
            self.init(regular: status)
        }

        private init?(regular status: stat) {
            guard status.st_mode & S_IFMT == S_IFREG else { return nil }
            self.init(
                device: UInt64(status.st_dev), inode: UInt64(status.st_ino), size: Int64(status.st_size),
                modified: Self.nanoseconds(status.st_mtim), changed: Self.nanoseconds(status.st_ctim))
        }

        private static func nanoseconds(_ time: timespec) -> Int64 {
            Int64(time.tv_sec).multipliedReportingOverflow(by: 1_000_000_000).partialValue &+ Int64(time.tv_nsec)
        }
    }
#endif
