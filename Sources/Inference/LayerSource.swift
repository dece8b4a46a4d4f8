import LayerCatalogue
import ModelFormat
import Numerics

/// Everything an operator is built from: the layer's params by name, and its weights by name.
struct LayerSource: Sendable {
    let params: LayerParams
    private let weights: [String: Weight]

    init(_ params: LayerParams, weights: [String: Weight]) {
        self.params = params
        self.weights = weights
    }

    /// How many tops the layer names.
    var topCount: Int { params.layer.tops.count }

    /// How many bottoms the layer names.
    var bottomCount: Int { params.layer.bottoms.count }

    // MARK: Params, by the catalogue's names, defaults filled in

    func int(_ name: String) throws -> Int { try params.int(name) }

    func float(_ name: String) throws -> Float { try params.float(name) }

    func ints(_ name: String) throws -> [Int] { try params.ints(name) }

    func floats(_ name: String) throws -> [Float] { try params.floats(name) }

    func string(_ name: String) throws -> String { try params.string(name) }

    /// Whether an integer param is not zero.
    func flag(_ name: String) throws -> Bool { try params.int(name) != 0 }

    // MARK: Weights, by the catalogue's names

    /// The weight array as it is stored; nil where the file has none of this name.
    func weight(_ name: String) -> Weight? {
        weights[name]
    }

    /// The weight array as floats; nil where the file has none of this name.
    ///
    /// - Throws: `Misfit` where it is stored as int8, whose meaning hangs on its scales.
    func floatWeight(_ name: String) throws -> [Float]? {
        switch weights[name] {
        case .float(let values): values
        case .int8: throw Misfit("\(name) is stored as int8, wanted floats")
        case nil: nil
        }
    }

    /// The weight array as floats.
    ///
    /// - Throws: `Misfit` where it is not there or stored as int8.
    func requiredFloats(_ name: String) throws -> [Float] {
        guard let values = try floatWeight(name) else { throw Misfit("has no \(name)") }
        return values
    }
}

/// An array of weights in memory.
enum Weight: Sendable {
    /// Floats, whatever the file stores them as: fp32, half floats, or indexes into a codebook.
    case float([Float])
    /// Signed bytes, as quantization left them.
    case int8([Int8])

    /// Reads an array from where it lies in the `.bin`.
    init(_ stored: StoredWeight, from source: some ByteSource) throws(FormatError) {
        let bytes = try source.bytes(stored.elements)
        switch stored.storage {
        case .plain, .fp32, .legacyFP32:
            self = .float(Self.decode(bytes, as: UInt32.self) { Float(bitPattern: $0) })
        case .fp16:
            self = .float(Self.decode(bytes, as: UInt16.self) { Float(Float16(bitPattern: $0)) })
        case .int8:
            self = .int8(bytes.map { Int8(bitPattern: $0) })
        case .codebook:
            guard let range = stored.codebook else {
                throw FormatError(file: source.file, .byte(stored.offset), "\(stored.name) has no codebook")
            }
            let book = Self.decode(try source.bytes(range), as: UInt32.self) { Float(bitPattern: $0) }
            self = .float(bytes.map { book[Int($0)] })
        }
    }

    /// Little-endian numbers as floats.
    private static func decode<Bits: FixedWidthInteger>(
        _ bytes: [UInt8], as bits: Bits.Type, _ float: (Bits) -> Float
    ) -> [Float] {
        bytes.withUnsafeBytes { raw in
            let size = MemoryLayout<Bits>.size
            return (0..<raw.count / size).map {
                float(Bits(littleEndian: raw.loadUnaligned(fromByteOffset: $0 * size, as: Bits.self)))
            }
        }
    }
}
