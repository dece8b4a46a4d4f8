/// Takes bytes one after the other: a file, or memory in tests.
public protocol ByteSink {
    /// Bytes taken so far.
    var byteCount: Int { get }

    /// Takes bytes.
    ///
    /// - Throws: whatever keeps the bytes from being stored.
    mutating func write(_ bytes: UnsafeRawBufferPointer) throws
}

extension ByteSink {
    /// Takes the bytes of an array.
    public mutating func write(_ bytes: [UInt8]) throws {
        try bytes.withUnsafeBytes { try write($0) }
    }
}

/// Bytes in memory as a sink.
public struct MemorySink: ByteSink {
    /// What was written.
    public private(set) var bytes: [UInt8] = []

    public init() {}

    public var byteCount: Int { bytes.count }

    public mutating func write(_ bytes: UnsafeRawBufferPointer) {
        self.bytes += bytes
    }
}
