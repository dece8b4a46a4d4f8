import Glibc
import ModelFormat
import SystemPackage

extension FilePath {
    /// Copies a file's bytes to a new file. Whether they reach the disk is the caller's affair.
    ///
    /// - Throws: `FormatError` where this file cannot be read, `Errno` where the other cannot be written.
    func copy(to path: FilePath) throws {
        let source = try FileBytes(self)
        let descriptor = try FileDescriptor.open(
            path, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec],
            permissions: [.ownerReadWrite, .groupRead, .otherRead])
        try descriptor.closeAfter {
            var sink = FileSink(descriptor)
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
            defer { buffer.deallocate() }
            while sink.byteCount < source.byteCount {
                let count = min(buffer.count, source.byteCount - sink.byteCount)
                let piece = UnsafeMutableRawBufferPointer(rebasing: buffer[..<count])
                try source.read(at: sink.byteCount, into: piece)
                try sink.write(UnsafeRawBufferPointer(piece))
            }
        }
    }
}

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
