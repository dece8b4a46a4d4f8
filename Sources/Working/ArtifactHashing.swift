import Crypto
import ModelFormat
import Vocabulary

extension Triple.File {
    /// The SHA-256 of the file in the state in which it was seen.
    ///
    /// - Parameter progress: called now and then; what it throws ends it.
    /// - Throws: `FormatError`, `ChangedFile`.
    func digest(progress: () throws -> Void = {}) throws -> ArtifactDigest {
        try read { try ArtifactDigest(of: $0, progress: progress) }
    }
}

extension ArtifactDigest {
    /// The SHA-256 of all bytes of a source, read a bounded piece at a time.
    ///
    /// - Parameter progress: called before each piece; what it throws ends it.
    init(of source: some ByteSource, progress: () throws -> Void = {}) throws {
        var hash = SHA256()
        let buffer = UnsafeMutableRawBufferPointer.allocate(
            byteCount: min(1 << 18, max(1, source.byteCount)), alignment: 16)
        defer { buffer.deallocate() }
        var offset = 0
        while offset < source.byteCount {
            try progress()
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

extension PartialDigest {
    /// Of how many bytes a source has, and of its first and last 4 KiB and fourteen times 4 KiB between them.
    init(of source: some ByteSource) throws {
        var hash = SHA256()
        withUnsafeBytes(of: source.byteCount.littleEndian) { hash.update(bufferPointer: $0) }
        let length = min(4096, source.byteCount)
        let last = source.byteCount - length
        for number in 0..<16 {
            let offset = last / 15 * number + last % 15 * number / 15
            hash.update(data: try source.bytes(offset..<offset + length))
        }
        self.init(rawValue: hash.finalize().withUnsafeBytes { Int64(littleEndian: $0.loadUnaligned(as: Int64.self)) })
    }
}
