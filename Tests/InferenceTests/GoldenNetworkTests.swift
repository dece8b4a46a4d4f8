import Foundation
import Inference
import ModelFormat
import Numerics
import Testing

/// Whole networks against what ncnn's runtime made of them, in its default options: with Winograd, packing and the
/// instruction sets of an x86 machine.
@Suite("networks against the runtime's outputs")
struct GoldenNetworkTests {
    /// Layer types whose int8 form finds the scale of its input while running.
    static let dynamicTypes: Set<String> = ["RNN", "LSTM", "GRU", "Gemm", "MultiHeadAttention", "SDPA"]

    @Test("a float network gives the runtime's outputs within float noise", arguments: try GoldenNetwork.all("fp32"))
    func float(_ golden: GoldenNetwork) throws {
        for (blob, got, want) in try golden.compare() {
            let deviation = try Deviation(got, from: want)
            #expect(deviation.largest <= 1e-4 * deviation.reach + 1e-6, "\(blob): \(deviation)")
        }
    }

    @Test("an int8 network gives the runtime's outputs within some steps", arguments: try GoldenNetwork.all("int8"))
    func int8(_ golden: GoldenNetwork) throws {
        // Sums of products are exact, and only the scale of a layer that quantizes while running can be off by a bit:
        // then some values lie a step further, which may be 1/127 of the largest.
        let isDynamic = try golden.network().layers.contains { Self.dynamicTypes.contains($0.type) }
        let share: Float = isDynamic ? 0.02 : 0.001
        for (blob, got, want) in try golden.compare() {
            let deviation = try Deviation(got, from: want)
            #expect(deviation.cosine > 0.999, "\(blob): \(deviation)")
            #expect(deviation.largest <= share * deviation.reach + 1e-6, "\(blob): \(deviation)")
        }
    }

    @Test("a param that the runtime takes for a word and reads as 0 is refused")
    func wordForNumber() {
        let error = #expect(throws: InferenceError.self) { try GoldenNetwork("param-digits", twin: "fp32").network() }
        #expect(error?.description == "model.param:4: layer c1: param 1 (max) is a string, wanted a number")
    }
}

/// How far a tensor is from the one that was recorded.
struct Deviation: CustomStringConvertible {
    struct OtherShape: Error {
        let got: [Int]
        let want: [Int]
    }

    /// The largest difference of two elements; infinite where only one of them is a number.
    let largest: Float
    /// The largest magnitude of the recorded elements that are numbers.
    let reach: Float
    /// Over the elements that are numbers; 1 where there are none.
    let cosine: Double

    init(_ got: Tensor, from want: Tensor) throws {
        guard got.shape == want.shape else { throw OtherShape(got: got.shape, want: want.shape) }
        let pairs = zip(got.values, want.values).filter { $0 != $1 && !($0.isNaN && $1.isNaN) }
        largest = pairs.map { abs($0 - $1) }.map { $0.isNaN ? .infinity : $0 }.max() ?? 0
        reach = want.values.filter(\.isFinite).map(abs).max() ?? 0
        let numbers = zip(got.values, want.values).filter { $0.isFinite && $1.isFinite }
            .map { (Double($0), Double($1)) }
        let lengths = numbers.reduce(into: (0.0, 0.0)) { $0 = ($0.0 + $1.0 * $1.0, $0.1 + $1.1 * $1.1) }
        let product = numbers.reduce(0) { $0 + $1.0 * $1.1 }
        cosine = lengths.0 == lengths.1 && pairs.isEmpty ? 1 : product / (lengths.0 * lengths.1).squareRoot()
    }

    var description: String { "off by \(largest) where the largest is \(reach), cosine \(cosine)" }
}

/// One of the twins of a golden case, with its inputs and the outputs of the runtime.
struct GoldenNetwork: Sendable, CustomTestStringConvertible {
    let folder: URL
    /// `fp32` or `int8`.
    let twin: String

    var testDescription: String { folder.lastPathComponent }

    private static let golden = OperatorCase.folder.deletingLastPathComponent().appendingPathComponent("golden")

    init(folder: URL, twin: String) {
        self.folder = folder
        self.twin = twin
    }

    init(_ name: String, twin: String) {
        self.init(folder: Self.golden.appendingPathComponent(name), twin: twin)
    }

    /// Twins that are not run here.
    static let exceptions: [String: Set<String>] = [
        // One has many inputs at a time (`DigitsTests`), the other asks of the runtime to misread numbers.
        "fp32": ["digits-kl-collapse", "param-digits"],
        // The tool that made the last one lost the params of a Slice, and the runtime crashed.
        "int8": ["digits-kl-collapse", "param-digits", "dropped-params"],
    ]

    /// All cases that have outputs of a twin.
    static func all(_ twin: String) throws -> [GoldenNetwork] {
        try FileManager.default.contentsOfDirectory(at: golden, includingPropertiesForKeys: nil)
            .sorted { $0.lastPathComponent < $1.lastPathComponent }
            .map { GoldenNetwork(folder: $0, twin: twin) }
            .filter { try exceptions[twin]?.contains($0.testDescription) != true && !$0.files("out-\(twin)-").isEmpty }
    }

    func network() throws -> Network {
        let name = twin == "fp32" ? "model" : "expected-int8"
        return try Network(
            ParamFile(bytes("\(name).param"), file: "\(name).param"),
            bin: MemoryBytes(bytes("\(name).bin"), file: "\(name).bin"))
    }

    func source(_ file: String) throws -> MemoryBytes {
        MemoryBytes(try bytes(file), file: file)
    }

    private func npy(_ file: String) throws -> NpyFile {
        try NpyFile(source(file))
    }

    /// The recorded outputs beside ours.
    func compare() throws -> [(blob: String, got: Tensor, want: Tensor)] {
        let network = try network()
        var inputs: [String: Tensor] = [:]
        for input in try recordedCase().inputs { inputs[input.blob] = try Tensor(npy(input.file), blob: input.blob) }
        let recorded = try files("out-\(twin)-").map { file in
            let blob = String(file.dropFirst("out-\(twin)-".count).dropLast(".npy".count))
            return (blob, try Tensor(npy(file), blob: blob))
        }
        let outputs = try network.run(inputs, wanting: recorded.map(\.0))
        return try recorded.map { ($0, try #require(outputs[$0]), $1) }
    }

    /// What `case.json` says of the inputs.
    private struct RecordedCase: Decodable {
        struct Input: Decodable {
            let file: String
            let blob: String
        }
        let inputs: [Input]
    }

    private func recordedCase() throws -> RecordedCase {
        try JSONDecoder().decode(RecordedCase.self, from: Data(bytes("case.json")))
    }

    private func files(_ prefix: String) throws -> [String] {
        guard (try? folder.resourceValues(forKeys: [.isDirectoryKey]))?.isDirectory == true else { return [] }
        return try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .filter { $0.hasPrefix(prefix) && $0.hasSuffix(".npy") }.sorted()
    }

    private func bytes(_ file: String) throws -> [UInt8] {
        Array(try Data(contentsOf: folder.appendingPathComponent(file)))
    }
}
