import ModelFormat
import Numerics
import Vocabulary

/// Writes the arrays of the int8 twin and measures what quantizing them costs.
struct TwinWriter<Bytes: ByteSource, Sink: ByteSink> {
    let source: Bytes
    let reader: WeightReader<Bytes>
    let kernels: WeightKernels
    var sink: Sink

    /// Writes one layer and returns the error sums of its quantized arrays.
    mutating func write(_ arrays: [LayerPlan.Array]) throws -> WeightErrors {
        var errors = WeightErrors()
        for array in arrays {
            switch array {
            case .copied(let weight): try copy(weight)
            case .narrowed(let weight): try narrow(weight)
            case .quantized(let walk, let scales): errors.add(try quantize(walk, scales))
            case .scales(let scales): try scales.withUnsafeBytes { try sink.write($0) }
            }
        }
        return errors
    }

    private mutating func copy(_ weight: StoredWeight) throws {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: min(1 << 18, weight.byteCount), alignment: 16)
        defer { buffer.deallocate() }
        var offset = weight.range.lowerBound
        while offset < weight.range.upperBound {
            let piece = UnsafeMutableRawBufferPointer(
                rebasing: buffer[..<min(buffer.count, weight.range.upperBound - offset)])
            try source.read(at: offset, into: piece)
            try sink.write(UnsafeRawBufferPointer(piece))
            offset += piece.count
        }
    }

    private mutating func narrow(_ weight: StoredWeight) throws {
        try writeTag(.fp16)
        let halves = UnsafeMutableBufferPointer<UInt16>.allocate(capacity: min(reader.pieceCount, weight.count))
        defer { halves.deallocate() }
        try reader.forEachPiece(of: weight) { floats in
            let piece = UnsafeMutableBufferPointer(rebasing: halves[..<floats.count])
            kernels.narrow(floats, piece)
            try sink.write(UnsafeRawBufferPointer(piece))
        }
        try pad(2 * weight.count)
    }

    private mutating func quantize(_ walk: RowWalk, _ scales: [Float]) throws -> WeightErrors {
        try writeTag(.int8)
        // Rows are often short (a 3×3 filter has 9 weights), so several are gathered before they are written.
        let bytes = UnsafeMutableBufferPointer<Int8>.allocate(
            capacity: min(4 * reader.pieceCount, walk.weight.count))
        defer { bytes.deallocate() }
        var filled = 0
        var errors = WeightErrors()
        try walk.forEachSegment(with: reader) { row, segment in
            var rest = segment[...]
            while !rest.isEmpty {
                let part = UnsafeBufferPointer(rebasing: rest.prefix(bytes.count - filled))
                let place = UnsafeMutableBufferPointer(rebasing: bytes[filled..<filled + part.count])
                errors.add(kernels.quantize(part, scales[row], place))
                filled += part.count
                rest = rest.dropFirst(part.count)
                if filled == bytes.count {
                    try sink.write(UnsafeRawBufferPointer(bytes))
                    filled = 0
                }
            }
        }
        try sink.write(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[..<filled]))
        try pad(walk.weight.count)
        return errors
    }

    private mutating func writeTag(_ storage: WeightStorage) throws {
        guard let tag = storage.tag else { return }
        try withUnsafeBytes(of: tag.littleEndian) { try sink.write($0) }
    }

    private mutating func pad(_ byteCount: Int) throws {
        try sink.write([UInt8](repeating: 0, count: -byteCount & 3))
    }
}
