public import SystemPackage

/// A file as a sink. It writes straight through: callers give it large pieces.
public struct FileSink: ByteSink {
    public private(set) var byteCount = 0
    private let descriptor: FileDescriptor

    /// Takes an open descriptor; whoever opened it closes it.
    public init(_ descriptor: FileDescriptor) {
        self.descriptor = descriptor
    }

    /// - Throws: `Errno`.
    public mutating func write(_ bytes: UnsafeRawBufferPointer) throws {
        byteCount += try descriptor.writeAll(bytes)
    }
}
