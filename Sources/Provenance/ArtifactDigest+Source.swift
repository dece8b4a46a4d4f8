import Crypto
public import ModelFormat
public import Vocabulary

extension ArtifactDigest {
    /// The SHA-256 of all bytes of a source, read a bounded piece at a time.
    ///
    /// - Parameter progress: hears how many bytes were read since it was called last.
    /// - Throws: `FormatError` where the source cannot be read.
    public init(of source: some ByteSource, progress: (Int) -> Void = { _ in }) throws(FormatError) {
        var hash = SHA256()
        let buffer = UnsafeMutableRawBufferPointer.allocate(
            byteCount: min(1 << 18, max(1, source.byteCount)), alignment: 16)
        defer { buffer.deallocate() }
        var offset = 0
        while offset < source.byteCount {
            let piece = UnsafeMutableRawBufferPointer(rebasing: buffer[..<min(buffer.count, source.byteCount - offset)])
            try source.read(at: offset, into: piece)
            hash.update(bufferPointer: UnsafeRawBufferPointer(piece))
            offset += piece.count
            progress(piece.count)
        }
        self.init(bytes: hash.finalize())
    }

    /// The SHA-256 of a text.
    public init(of text: String) {
        self.init(bytes: SHA256.hash(data: Array(text.utf8)))
    }
}
