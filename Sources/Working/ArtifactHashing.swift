import Crypto
import ModelFormat
import Vocabulary

extension ArtifactDigest {
    /// The SHA-256 of all bytes of a source, read a bounded piece at a time.
    init(of source: some ByteSource) throws(FormatError) {
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
        }
        self.init(bytes: hash.finalize())
    }

    /// The SHA-256 of a text.
    init(of text: String) {
        self.init(bytes: SHA256.hash(data: Array(text.utf8)))
    }
}
