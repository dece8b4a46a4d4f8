/// What a `.npy` file says of its elements before the first of them (NumPy's format versions 1, 2 and 3).
public struct NpyHeader: Hashable, Sendable {
    /// The kinds of elements that are read and written, all little-endian.
    public enum ElementType: String, CaseIterable, Sendable {
        case float16 = "<f2"
        case float32 = "<f4"
        case float64 = "<f8"
        case int8 = "|i1"
        case int16 = "<i2"
        case int32 = "<i4"
        case int64 = "<i8"
        case uint8 = "|u1"
        case bool = "|b1"

        /// Bytes of one element.
        public var size: Int {
            switch self {
            case .int8, .uint8, .bool: 1
            case .float16, .int16: 2
            case .float32, .int32: 4
            case .float64, .int64: 8
            }
        }
    }

    public let type: ElementType
    /// Extents; empty for a single number.
    public let shape: [Int]
    /// Whether the first axis runs fastest.
    public let isFortranOrder: Bool
    /// 1, 2 or 3.
    public let version: UInt8
    /// Number of elements.
    public let count: Int
    /// Where the elements start in the file; 0 for a header that was not read from one.
    public let dataOffset: Int

    /// Bytes of all elements.
    public var dataByteCount: Int { count * type.size }

    /// A header for new elements; nil where so many cannot be counted, or an extent is below 0.
    public init?(_ type: ElementType, shape: [Int], isFortranOrder: Bool = false) {
        self.init(type, shape: shape, isFortranOrder: isFortranOrder, version: 1, dataOffset: 0)
    }

    private init?(_ type: ElementType, shape: [Int], isFortranOrder: Bool, version: UInt8, dataOffset: Int) {
        var count = 1
        for extent in shape {
            let (product, overflow) = count.multipliedReportingOverflow(by: extent)
            guard extent >= 0, !overflow else { return nil }
            count = product
        }
        guard !count.multipliedReportingOverflow(by: type.size).overflow else { return nil }
        self.type = type
        self.shape = shape
        self.isFortranOrder = isFortranOrder
        self.version = version
        self.count = count
        self.dataOffset = dataOffset
    }

    // MARK: Reading

    private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

    /// The longest header that is read; NumPy's own limit is 10000 bytes.
    private static let longest = 1 << 16

    /// Reads the header, and holds it against the size of the file.
    ///
    /// - Throws: `FormatError` for another format, another kind of elements, and a file of another size.
    public static func read(from source: some ByteSource) throws(FormatError) -> NpyHeader {
        func error(_ byte: Int, _ clause: String) -> FormatError { FormatError(file: source.file, .byte(byte), clause) }

        guard source.byteCount >= 10 else {
            throw error(source.byteCount, "has \(source.byteCount) bytes, a .npy has at least 10 before its header")
        }
        let start = try source.bytes(0..<10)
        guard start.starts(with: magic) else { throw error(0, "is no .npy: it does not start with \\x93NUMPY") }
        let version = start[6]
        let headerStart: Int
        let length: Int
        switch version {
        case 1:
            (headerStart, length) = (10, Int(start[8]) | Int(start[9]) << 8)
        case 2, 3:
            guard source.byteCount >= 12 else {
                throw error(source.byteCount, "ends before the header's length, wanted 12 bytes")
            }
            (headerStart, length) = (12, Int(try source.word(at: 8)))
        default:
            throw error(6, "has format version \(version), wanted 1 to 3")
        }
        guard length <= longest, length <= source.byteCount - headerStart else {
            throw error(
                8,
                "has a header of \(length) bytes, \(source.byteCount - headerStart) bytes are left and at most "
                    + "\(longest) are read")
        }
        let offset = headerStart + length
        var parser = NpyHeaderParser(try source.bytes(headerStart..<offset), file: source.file, offset: headerStart)
        let fields = try parser.parse()
        guard let type = ElementType(rawValue: fields.type) else {
            let known = ElementType.allCases.map(\.rawValue).joined(separator: ", ")
            throw error(headerStart, "has elements of type '\(fields.type)', wanted one of \(known)")
        }
        let header = NpyHeader(
            type, shape: fields.shape, isFortranOrder: fields.isFortranOrder, version: version, dataOffset: offset)
        guard let header else {
            throw error(headerStart, "shape \(fields.shape) has more elements than can be counted")
        }
        guard header.dataByteCount == source.byteCount - offset else {
            throw error(
                offset,
                "has \(source.byteCount - offset) bytes of elements, shape \(fields.shape) of '\(fields.type)' "
                    + "wants \(header.dataByteCount)")
        }
        return header
    }

    // MARK: Writing

    /// The bytes before the elements, as NumPy writes them.
    public var bytes: [UInt8] {
        let extents = shape.count == 1 ? "\(shape[0])," : shape.map(String.init).joined(separator: ", ")
        var text =
            "{'descr': '\(type.rawValue)', 'fortran_order': \(isFortranOrder ? "True" : "False"), 'shape': (\(extents)), }"
        // NumPy leaves room for the growing axis to reach 21 digits, so that a file can be appended to in place.
        if let growing = isFortranOrder ? shape.last : shape.first {
            text += String(repeating: " ", count: max(0, 21 - String(growing).count))
        }
        let prefix = version == 1 ? 10 : 12
        // The elements start at a multiple of 64, behind a line end.
        let length = (prefix + text.utf8.count + 1 + 63) / 64 * 64 - prefix
        text += String(repeating: " ", count: length - text.utf8.count - 1) + "\n"
        let lengthBytes = (0..<prefix - 8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) }
        return Self.magic + [version, 0] + lengthBytes + Array(text.utf8)
    }
}
