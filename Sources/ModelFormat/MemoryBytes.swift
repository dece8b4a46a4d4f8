/// Bytes in memory as a source.
public struct MemoryBytes: ByteSource {
    public let file: String
    private let content: [UInt8]

    public init(_ content: [UInt8], file: String) {
        self.content = content
        self.file = file
    }

    public var byteCount: Int { content.count }

    public func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(FormatError) {
        guard offset >= 0, offset <= content.count, content.count - offset >= buffer.count else {
            throw FormatError(
                file: file, .byte(content.count), "the file ends before the \(buffer.count) bytes at \(offset)")
        }
        content.withUnsafeBytes { all in
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: all[offset..<offset + buffer.count]))
        }
    }
}
