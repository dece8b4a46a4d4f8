import LayerCatalogue
import ModelFormat
import Numerics

/// Reads stored weights as floats, a bounded piece at a time.
struct WeightReader<Bytes: ByteSource> {
    /// Elements of a piece; bounds the memory whatever the model's size.
    let pieceSize: Int

    private let bytes: Bytes
    private let kernels: WeightKernels

    init(_ bytes: Bytes, kernels: WeightKernels, pieceSize: Int = 1 << 16) {
        self.bytes = bytes
        self.kernels = kernels
        self.pieceSize = pieceSize
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

    /// The elements in file order, in pieces.
    func pieces(of weight: StoredWeight) -> Cut {
        Cut(count: weight.count, size: pieceSize)
    }
}
