import ModelFormat
import Numerics
import Vocabulary

/// Writes the arrays of the int8 twin and measures what quantizing them costs.
///
/// Where an array begins is known before it is written, so that threads share its pieces and put each where it belongs.
struct TwinWriter<Bytes: ByteSource, Sink: ByteSink> {
    let source: Bytes
    let reader: WeightReader<Bytes>
    let kernels: WeightKernels
    let sink: Sink
    /// Bytes written so far: the next array begins here.
    private(set) var position = 0

    init(source: Bytes, reader: WeightReader<Bytes>, kernels: WeightKernels, sink: Sink) {
        self.source = source
        self.reader = reader
        self.kernels = kernels
        self.sink = sink
    }

    /// Writes one layer and returns the error sums of its quantized arrays.
    mutating func write(_ arrays: [LayerPlan.Array]) throws -> WeightErrors {
        var errors = WeightErrors()
        for array in arrays {
            switch array {
            case .copied(let weight): try copy(weight)
            case .narrowed(let weight): try narrow(weight)
            case .quantized(let walk, let scales): errors.add(try quantize(walk, scales))
            case .scales(let scales): try scales.withUnsafeBytes { try append($0) }
            }
        }
        return errors
    }

    private mutating func copy(_ weight: StoredWeight) throws {
        let start = position
        let cut = Cut(count: weight.byteCount, size: 4 * reader.pieceSize)
        try PieceWork.share(cut.pieceCount) { pieces in
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: cut.largest, alignment: 16)
            defer { buffer.deallocate() }
            for piece in pieces {
                let range = cut[piece]
                let bytes = UnsafeMutableRawBufferPointer(rebasing: buffer[..<range.count])
                try source.read(at: weight.range.lowerBound + range.lowerBound, into: bytes)
                try sink.write(UnsafeRawBufferPointer(bytes), at: start + range.lowerBound)
            }
        }
        position += weight.byteCount
    }

    private mutating func narrow(_ weight: StoredWeight) throws {
        try append(.fp16)
        let start = position
        let codebook = try reader.codebook(of: weight)
        let cut = reader.pieces(of: weight)
        try PieceWork.share(cut.pieceCount) { pieces in
            let floats = UnsafeMutableBufferPointer<Float>.allocate(capacity: cut.largest)
            let halves = UnsafeMutableBufferPointer<UInt16>.allocate(capacity: cut.largest)
            defer {
                floats.deallocate()
                halves.deallocate()
            }
            for piece in pieces {
                let range = cut[piece]
                let part = UnsafeMutableBufferPointer(rebasing: floats[..<range.count])
                let narrow = UnsafeMutableBufferPointer(rebasing: halves[..<range.count])
                try reader.read(weight, from: range.lowerBound, codebook: codebook, into: part)
                kernels.narrow(UnsafeBufferPointer(part), narrow)
                try sink.write(UnsafeRawBufferPointer(narrow), at: start + 2 * range.lowerBound)
            }
        }
        position += 2 * weight.count
        try pad(2 * weight.count)
    }

    private mutating func quantize(_ walk: RowWalk, _ scales: [Float]) throws -> WeightErrors {
        try append(.int8)
        let start = position
        let cut = walk.pieces(of: reader)
        // Added up in the order of the pieces, so that the sums do not depend on which thread was the faster.
        let errors = UnsafeMutableBufferPointer<WeightErrors>.allocate(capacity: cut.pieceCount)
        errors.initialize(repeating: WeightErrors())
        defer { errors.deallocate() }
        try PieceWork.share(cut.pieceCount) { pieces in
            let floats = UnsafeMutableBufferPointer<Float>.allocate(capacity: cut.largest)
            let bytes = UnsafeMutableBufferPointer<Int8>.allocate(capacity: cut.largest)
            defer {
                floats.deallocate()
                bytes.deallocate()
            }
            for piece in pieces {
                let range = cut[piece]
                var filled = 0
                try walk.forEachSegment(of: range, with: reader, in: floats) { row, segment in
                    let place = UnsafeMutableBufferPointer(rebasing: bytes[filled..<filled + segment.count])
                    errors[piece].add(kernels.quantize(segment, scales[row], place))
                    filled += segment.count
                }
                let written = UnsafeMutableBufferPointer(rebasing: bytes[..<filled])
                try sink.write(UnsafeRawBufferPointer(written), at: start + range.lowerBound)
            }
        }
        position += walk.weight.count
        try pad(walk.weight.count)
        return errors.reduce(into: WeightErrors()) { $0.add($1) }
    }

    private mutating func append(_ storage: WeightStorage) throws {
        guard let tag = storage.tag else { return }
        try withUnsafeBytes(of: tag.littleEndian) { try append($0) }
    }

    /// Fills up to a whole number of words.
    private mutating func pad(_ byteCount: Int) throws {
        try [UInt8](repeating: 0, count: -byteCount & 3).withUnsafeBytes { try append($0) }
    }

    private mutating func append(_ bytes: UnsafeRawBufferPointer) throws {
        guard !bytes.isEmpty else { return }
        try sink.write(bytes, at: position)
        position += bytes.count
    }
}
