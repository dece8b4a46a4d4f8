public import SystemPackage

/// A file as a sink. It writes straight through: callers give it large pieces.
public struct FileSink: ByteSink {
    private let descriptor: FileDescriptor

    /// Takes an open descriptor; whoever opened it closes it.
    public init(_ descriptor: FileDescriptor) {
        self.descriptor = descriptor
    }

    /// - Throws: `Errno`.
    public func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws {
        try descriptor.writeAll(toAbsoluteOffset: Int64(offset), bytes)
    }

    /// - Throws: `Errno`.
    public func cut(to offset: Int) throws {
        try descriptor.resize(to: Int64(offset))
    }
}
