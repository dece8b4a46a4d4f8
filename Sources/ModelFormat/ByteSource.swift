/// Bytes that can be read anywhere: a file, or memory in tests.
///
/// Readers ask for bounded pieces, so that a model never has to fit into memory.
public protocol ByteSource: Sendable {
    /// The name that errors give it.
    var file: String { get }
    /// Bytes in all, as counted when it was opened.
    var byteCount: Int { get }

    /// Fills `buffer` with the bytes from `offset` on.
    ///
    /// - Throws: `FormatError` where the bytes end before the buffer is full or cannot be read.
    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(FormatError)
}

extension ByteSource {
    /// The bytes of a range that is known to be small.
    public func bytes(_ range: Range<Int>) throws(FormatError) -> [UInt8] {
        var failure: FormatError?
        let bytes = [UInt8](unsafeUninitializedCapacity: range.count) { buffer, count in
            do throws(FormatError) {
                try read(
                    at: range.lowerBound,
                    into: UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: buffer[..<range.count])))
                count = range.count
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return bytes
    }

    /// A little-endian 32-bit number.
    func word(at offset: Int) throws(FormatError) -> UInt32 {
        try bytes(offset..<offset + 4).reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }
}
