import LayerCatalogue
import ModelFormat
import Numerics

/// Reads stored weights as floats, a bounded piece at a time.
struct WeightReader<Bytes: ByteSource> {
    /// Elements of the largest piece; bounds the memory whatever the model's size.
    let pieceCount = 1 << 16

    private let bytes: Bytes
    private let kernels: WeightKernels

    init(_ bytes: Bytes, kernels: WeightKernels) {
        self.bytes = bytes
        self.kernels = kernels
    }

    /// The 256 floats of a codebook; empty for every other storage.
    func codebook(of weight: StoredWeight) throws(FormatError) -> [Float] {
        guard let range = weight.codebook else { return [] }
        return try bytes.bytes(range).withUnsafeBytes { raw in
            (0..<256).map { Float(bitPattern: raw.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self).littleEndian) }
        }
    }

    /// Fills `floats` with the elements from `first` on.
    ///
    /// - Throws: `FormatError` where the bytes cannot be read, and for int8 weights, which are no floats.
    func read(
        _ weight: StoredWeight, from first: Int, codebook: [Float], into floats: UnsafeMutableBufferPointer<Float>
    ) throws(FormatError) {
        let offset = weight.elements.lowerBound + first * weight.storage.elementSize
        switch weight.storage {
        case .plain, .fp32, .legacyFP32:
            // Every machine this runs on is little-endian, as the file is.
            try bytes.read(at: offset, into: UnsafeMutableRawBufferPointer(floats))
        case .fp16:
            let halves = UnsafeMutableBufferPointer<UInt16>.allocate(capacity: floats.count)
            defer { halves.deallocate() }
            try bytes.read(at: offset, into: UnsafeMutableRawBufferPointer(halves))
            kernels.widen(UnsafeBufferPointer(halves), floats)
        case .codebook:
            let entries = try bytes.bytes(offset..<offset + floats.count)
            for (index, entry) in entries.enumerated() {
                floats[index] = codebook[Int(entry)]
            }
        case .int8:
            throw FormatError(
                file: bytes.file, .byte(weight.offset), "\(weight.name) holds int8 where floats are wanted")
        }
    }

    /// Passes all elements in file order, in pieces.
    func forEachPiece(
        of weight: StoredWeight, _ body: (UnsafeBufferPointer<Float>) throws -> Void
    ) throws {
        let codebook = try codebook(of: weight)
        let buffer = UnsafeMutableBufferPointer<Float>.allocate(capacity: min(pieceCount, weight.count))
        defer { buffer.deallocate() }
        var first = 0
        while first < weight.count {
            let piece = UnsafeMutableBufferPointer(rebasing: buffer[..<min(buffer.count, weight.count - first)])
            try read(weight, from: first, codebook: codebook, into: piece)
            try body(UnsafeBufferPointer(piece))
            first += piece.count
        }
    }
}
