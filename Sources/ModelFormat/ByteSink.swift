import Synchronization

/// Takes bytes anywhere: a file, or memory in tests.
///
/// Writers put each piece where it belongs, and several threads write at a time.
public protocol ByteSink: Sendable {
    /// Takes bytes that begin at `offset`; behind the last one written there is nothing.
    ///
    /// - Throws: whatever keeps the bytes from being stored.
    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws

    /// Gives up what was written from `offset` on, to write it anew.
    ///
    /// - Throws: whatever keeps the bytes from being given up.
    func cut(to offset: Int) throws
}

/// Bytes in memory as a sink.
public final class MemorySink: ByteSink {
    private let content = Mutex<[UInt8]>([])

    public init() {}

    /// What was written.
    public var bytes: [UInt8] { content.withLock { $0 } }

    public func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) {
        content.withLock { content in
            let end = offset + bytes.count
            if content.count < end { content += repeatElement(0, count: end - content.count) }
            content.withUnsafeMutableBytes { all in
                UnsafeMutableRawBufferPointer(rebasing: all[offset..<end]).copyMemory(from: bytes)
            }
        }
    }

    public func cut(to offset: Int) {
        content.withLock { $0.removeSubrange(min(offset, $0.count)...) }
    }
}
