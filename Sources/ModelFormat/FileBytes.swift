public import SystemPackage
public import Vocabulary

/// An open file as a source.
///
/// It is read, never mapped: a file that shrinks while it is mapped kills the process, and anyone can shrink a file in a
/// shared folder.
public final class FileBytes: ByteSource {
    public let file: String
    public let byteCount: Int
    /// What the file was when it was opened.
    public let identity: FileIdentity
    private let descriptor: FileDescriptor

    /// Opens a regular file for reading.
    ///
    /// - Throws: `FormatError` where it cannot be opened or is no regular file.
    public init(_ path: FilePath) throws(FormatError) {
        let name = path.lastComponent?.string ?? path.string
        let descriptor: FileDescriptor
        do {
            // Without `.nonBlocking` a named pipe would hold the reader for ever.
            descriptor = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec, .nonBlocking])
        } catch {
            throw FormatError(file: name, .whole, "cannot be opened: \(Self.text(of: error))", code: error as? Errno)
        }
        guard let identity = FileIdentity(of: descriptor) else {
            try? descriptor.close()
            throw FormatError(file: name, .whole, "is no regular file")
        }
        self.file = name
        self.identity = identity
        self.byteCount = Int(identity.size)
        self.descriptor = descriptor
    }

    deinit {
        // Closing a descriptor that was only read cannot lose anything.
        try? descriptor.close()
    }

    /// Whether the file is still what it was when it was opened.
    public var isUnchanged: Bool {
        FileIdentity(of: descriptor) == identity
    }

    public func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(FormatError) {
        var filled = 0
        while filled < buffer.count {
            let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
            let count: Int
            do {
                count = try descriptor.read(fromAbsoluteOffset: Int64(offset + filled), into: rest)
            } catch {
                throw FormatError(
                    file: file, .byte(offset + filled), "cannot be read: \(Self.text(of: error))", code: error as? Errno
                )
            }
            guard count > 0 else {
                throw FormatError(
                    file: file, .byte(offset + filled),
                    "the file ends here, it had \(byteCount) bytes when it was opened")
            }
            filled += count
        }
    }

    /// Reads a whole file of at most `limit` bytes.
    public static func contents(of path: FilePath, limit: Int) throws(FormatError) -> [UInt8] {
        let source = try FileBytes(path)
        guard source.byteCount <= limit else {
            throw FormatError(
                file: source.file, .whole, "has \(source.byteCount) bytes, at most \(limit) are read of such a file")
        }
        return try source.bytes(0..<source.byteCount)
    }

    private static func text(of error: any Error) -> String {
        (error as? Errno).map { String(describing: $0).lowercased() } ?? String(describing: error)
    }
}
