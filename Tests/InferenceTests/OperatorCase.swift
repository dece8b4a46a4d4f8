import Foundation
import ModelFormat
import Numerics
import Testing

/// One recorded case of an operator: a whole model, its inputs, and what ncnn's runtime makes of them.
struct OperatorCase: Sendable, CustomTestStringConvertible {
    /// The layer type it is about.
    let type: String
    /// `Softmax/2d_4x5_axis0`.
    let testDescription: String
    let param: [UInt8]
    let bin: [UInt8]
    let inputs: [String: Tensor]
    let outputs: [(blob: String, tensor: Tensor)]
    let tolerance: Recorded.Tolerance

    /// The form of the files in `Fixtures/operators`; its README says what the fields mean.
    struct Recorded: Decodable {
        struct Blob: Decodable {
            let blob: String
            let shape: [Int]
            let dtype: String
            let data: Data
        }
        struct Tolerance: Decodable, Sendable {
            let abs: Float
            let rel: Float
        }
        let name: String
        let param: String
        let bin: Data
        let inputs: [Blob]
        let outputs: [Blob]
        let tolerance: Tolerance
    }

    private init(_ recorded: Recorded, type: String, file: String) throws {
        self.type = type
        self.testDescription = "\(file)/\(recorded.name)"
        self.param = Array(recorded.param.utf8)
        self.bin = Array(recorded.bin)
        self.inputs = Dictionary(
            try recorded.inputs.map { ($0.blob, try Self.tensor($0)) }, uniquingKeysWith: { first, _ in first })
        self.outputs = try recorded.outputs.map { ($0.blob, try Self.tensor($0)) }
        self.tolerance = recorded.tolerance
    }

    /// The folder of recorded cases.
    static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Fixtures/operators")

    /// Every case of every file, in the order of their names.
    static let all = Result { try load() }

    private static func load() throws -> [OperatorCase] {
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "json" }
            .sorted { $0.lastPathComponent < $1.lastPathComponent }
        return try files.flatMap { file in
            let name = file.deletingPathExtension().lastPathComponent
            let type = name.split(separator: ".").first.map(String.init) ?? name
            return try JSONDecoder().decode([Recorded].self, from: Data(contentsOf: file)).map {
                try OperatorCase($0, type: type, file: name)
            }
        }
    }

    private static func tensor(_ blob: Recorded.Blob) throws -> Tensor {
        let words = blob.data.withUnsafeBytes { bytes in
            stride(from: 0, to: bytes.count, by: 4).map {
                UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: $0, as: UInt32.self))
            }
        }
        return blob.dtype == "int32"
            ? try Tensor(blob.shape, .int32(words.map(Int32.init(bitPattern:))))
            : try Tensor(blob.shape, words.map(Float.init(bitPattern:)))
    }
}
