/// An array of numbers as NumPy stores it in a `.npy`.
public struct NpyFile: Hashable, Sendable {
    public let header: NpyHeader
    /// The elements as they lie in the file.
    private let data: [UInt8]

    public var shape: [Int] { header.shape }

    // MARK: Reading

    /// Reads a whole file.
    ///
    /// - Parameter limit: the most bytes of elements that are read.
    /// - Throws: `FormatError` for what is no such file, has another kind of elements, or is larger.
    public init(_ source: some ByteSource, limit: Int = 1 << 31) throws(FormatError) {
        let header = try NpyHeader.read(from: source)
        guard header.dataByteCount <= limit else {
            throw FormatError(
                file: source.file, .byte(header.dataOffset),
                "has \(header.dataByteCount) bytes of elements, at most \(limit) are read")
        }
        self.header = header
        self.data = try source.bytes(header.dataOffset..<source.byteCount)
    }

    /// Reads one index of the first axis: a sample of many, without the others.
    ///
    /// - Throws: `FormatError` where there is no such index, or the axis does not lie outermost.
    public init(sample index: Int, of source: some ByteSource) throws(FormatError) {
        let header = try NpyHeader.read(from: source)
        guard let extent = header.shape.first, (0..<extent).contains(index), !header.isFortranOrder,
            let one = NpyHeader(header.type, shape: Array(header.shape.dropFirst()))
        else {
            throw FormatError(
                file: source.file, .whole,
                "has no sample \(index): its shape is \(header.shape)\(header.isFortranOrder ? " in Fortran order" : "")"
            )
        }
        self.header = one
        let start = header.dataOffset + index * one.dataByteCount
        self.data = try source.bytes(start..<start + one.dataByteCount)
    }

    /// The elements in C order, converted to floats; those beyond the range of floats become infinite.
    public var floats: [Float] {
        switch header.type {
        case .float16: elements(UInt16.self) { Float(Float16(bitPattern: $0)) }
        case .float32: elements(UInt32.self) { Float(bitPattern: $0) }
        case .float64: elements(UInt64.self) { Float(Double(bitPattern: $0)) }
        case .int8, .int16, .int32, .int64, .uint8, .bool: (integers ?? []).map { Float($0) }
        }
    }

    /// The elements in C order, where they are whole numbers; nil where they are floats. True is 1.
    public var integers: [Int]? {
        switch header.type {
        case .float16, .float32, .float64: nil
        case .int8: elements(UInt8.self) { Int(Int8(bitPattern: $0)) }
        case .uint8: elements(UInt8.self) { Int($0) }
        case .bool: elements(UInt8.self) { $0 == 0 ? 0 : 1 }
        case .int16: elements(UInt16.self) { Int(Int16(bitPattern: $0)) }
        case .int32: elements(UInt32.self) { Int(Int32(bitPattern: $0)) }
        case .int64: elements(UInt64.self) { Int(Int64(bitPattern: $0)) }
        }
    }

    private func elements<Bits: FixedWidthInteger, Number>(_ bits: Bits.Type, _ number: (Bits) -> Number) -> [Number] {
        data.withUnsafeBytes { raw in
            let stored = (0..<header.count).map {
                number(
                    Bits(littleEndian: raw.loadUnaligned(fromByteOffset: $0 * MemoryLayout<Bits>.size, as: Bits.self)))
            }
            return header.isFortranOrder ? inCOrder(stored) : stored
        }
    }

    /// Elements whose first axis ran fastest, with the last one running fastest.
    private func inCOrder<Number>(_ stored: [Number]) -> [Number] {
        var index = [Int](repeating: 0, count: shape.count)
        var steps = [Int](repeating: 1, count: shape.count)
        for axis in shape.indices.dropFirst() { steps[axis] = steps[axis - 1] * shape[axis - 1] }
        return stored.indices.map { _ in
            let place = zip(index, steps).reduce(0) { $0 + $1.0 * $1.1 }
            // Counts on as an odometer does, the last axis first.
            for axis in shape.indices.reversed() {
                index[axis] += 1
                if index[axis] < shape[axis] { break }
                index[axis] = 0
            }
            return stored[place]
        }
    }

    // MARK: Writing

    /// Floats in C order; nil where the shape does not have as many.
    public init?(shape: [Int], _ values: [Float]) {
        self.init(.float32, shape: shape, values) { $0.bitPattern }
    }

    /// 32-bit integers in C order; nil where the shape does not have as many.
    public init?(shape: [Int], _ values: [Int32]) {
        self.init(.int32, shape: shape, values) { UInt32(bitPattern: $0) }
    }

    private init?<Number>(
        _ type: NpyHeader.ElementType, shape: [Int], _ values: [Number], _ bits: (Number) -> UInt32
    ) {
        guard let header = NpyHeader(type, shape: shape), header.count == values.count else { return nil }
        self.header = header
        var data: [UInt8] = []
        data.reserveCapacity(header.dataByteCount)
        for value in values { withUnsafeBytes(of: bits(value).littleEndian) { data.append(contentsOf: $0) } }
        self.data = data
    }

    /// The file's bytes. What NumPy wrote comes out as it was read.
    public var bytes: [UInt8] { header.bytes + data }
}
