public import SystemPackage

/// Cuts what is read into lines.
public struct LineBuffer: Sendable {
    private var bytes: [UInt8] = []
    /// Bytes known to hold no line feed.
    private var searched = 0

    public init() {}

    /// Bytes of the line that has begun.
    public var count: Int { bytes.count }

    /// The first whole line, without its line feed; nil where there is none yet.
    public mutating func next() -> [UInt8]? {
        guard let end = bytes[searched...].firstIndex(of: UInt8(ascii: "\n")) else {
            searched = bytes.count
            return nil
        }
        let line = Array(bytes[..<end])
        bytes.removeSubrange(...end)
        searched = 0
        return line
    }

    /// Reads once; waits only where nothing is there.
    ///
    /// - Returns: Bytes read; 0 at the end.
    /// - Throws: `Errno`.
    public mutating func fill(from descriptor: FileDescriptor) throws -> Int {
        let piece = 1 << 16
        let old = bytes.count
        bytes.append(contentsOf: repeatElement(0, count: piece))
        var count = 0
        defer { bytes.removeSubrange((old + count)...) }
        count = try bytes.withUnsafeMutableBytes { buffer in
            try descriptor.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[old...]))
        }
        return count
    }
}
