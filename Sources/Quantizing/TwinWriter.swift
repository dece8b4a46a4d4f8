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
    private let sink: BlockSink<Sink>
    /// Bytes written so far: the next array begins here.
    private(set) var position = 0
    /// Keeps an array between looking at it and quantizing it.
    private lazy var memory = PieceBuffer<Float>(64 * reader.pieceSize)

    init(source: Bytes, reader: WeightReader<Bytes>, kernels: WeightKernels, sink: Sink) {
        self.source = source
        self.reader = reader
        self.kernels = kernels
        self.sink = BlockSink(sink)
    }

    /// Writes one layer and says what was found in it.
    mutating func write(_ arrays: [LayerPlan.Array]) throws -> WrittenLayer {
        var written = WrittenLayer()
        let start = position
        for array in arrays {
            switch array {
            case .copied(let weight): try copy(weight)
            case .narrowed(let weight): try narrow(weight)
            case .quantized(let walk, let scales): try quantize(walk, scales, &written)
            case .plain(let scales): try append(scales)
            case .scales(of: let weight): try append(try scales(of: weight, in: written))
            }
        }
        written.byteCount = position - start
        return written
    }

    /// Gives up what lies from `position` on, to write it anew.
    mutating func takeBack(to position: Int) throws {
        try sink.cut(to: position)
        self.position = position
    }

    /// Passes on the last bytes; nothing is written afterwards.
    func finish() throws {
        try sink.finish()
    }

    private mutating func copy(_ weight: StoredWeight) throws {
        let cut = Cut(count: weight.byteCount, size: 4 * reader.pieceSize)
        let buffer = { PieceBuffer<UInt8>(cut.largest) }
        try PieceWork.share(cut.pieceCount, buffers: buffer) { [position] buffer, index in
            let piece = cut[index]
            try buffer.with(piece.count) { bytes in
                try source.read(
                    at: weight.range.lowerBound + piece.lowerBound, into: UnsafeMutableRawBufferPointer(bytes))
                try sink.write(UnsafeRawBufferPointer(bytes), at: position + piece.lowerBound)
            }
        }
        position += weight.byteCount
    }

    private mutating func narrow(_ weight: StoredWeight) throws {
        try append(.fp16)
        let codebook = try reader.codebook(of: weight)
        let cut = reader.pieces(of: weight)
        let buffers = { (floats: PieceBuffer<Float>(cut.largest), halves: PieceBuffer<UInt16>(cut.largest)) }
        try PieceWork.share(cut.pieceCount, buffers: buffers) { [position] buffers, index in
            let piece = cut[index]
            try buffers.floats.with(piece.count) { floats in
                try reader.read(weight, from: piece.lowerBound, codebook: codebook, into: floats)
                try buffers.halves.with(piece.count) { halves in
                    kernels.narrow(UnsafeBufferPointer(floats), halves)
                    try sink.write(UnsafeRawBufferPointer(halves), at: position + 2 * piece.lowerBound)
                }
            }
        }
        position += 2 * weight.count
        try pad(2 * weight.count)
    }

    private mutating func quantize(_ walk: RowWalk, _ given: [Float]?, _ written: inout WrittenLayer) throws {
        try append(.int8)
        var array = ArrayPieces(walk, of: reader)
        var scales = given
        if given == nil, !array.haveWholeRows {
            // A row that spans pieces must be seen as a whole before the first of them is quantized.
            scales = try array.look(kernels, keepingIn: memory).scales
        }
        var findings = ArrayFindings(rowCount: walk.rowCount)
        let buffers = { [array] in
            (floats: PieceBuffer<Float>(array.largest), bytes: PieceBuffer<Int8>(array.largest))
        }
        try PieceWork.share(array.count, buffers: buffers) { [array, scales, position] buffers, index in
            let piece = array[index]
            var found = ArrayFindings(from: walk.row(of: piece.start))
            try buffers.bytes.with(piece.count) { bytes in
                var rest = bytes[...]
                try array.forEachSegment(of: piece, in: buffers.floats) { segment in
                    let place = UnsafeMutableBufferPointer(rebasing: rest.prefix(segment.weights.count))
                    let scale = scales?[segment.row] ?? kernels.extent(segment.weights).scale
                    let quantized = kernels.quantize(segment.weights, scale, place)
                    found.add(quantized.extent, quantized.errors, in: segment.row)
                    rest = rest.dropFirst(place.count)
                }
                rest = bytes[...]
                for run in piece.runs {
                    let part = UnsafeMutableBufferPointer(rebasing: rest.prefix(run.count))
                    try sink.write(UnsafeRawBufferPointer(part), at: position + run.lowerBound)
                    rest = rest.dropFirst(run.count)
                }
            }
            return found
        } collect: {
            findings.add($0)
        }
        position += walk.weight.count
        try pad(walk.weight.count)
        written.add(findings, in: walk, scales: scales ?? findings.scales, areComputed: given == nil)
    }

    private func scales(of weight: String, in written: WrittenLayer) throws -> [Float] {
        guard let scales = written.scales[weight] else {
            throw FormatError(file: source.file, .whole, "the int8 form wants the scales of \(weight) before it")
        }
        return scales
    }

    private mutating func append(_ scales: [Float]) throws {
        try scales.withUnsafeBytes { try append($0) }
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
