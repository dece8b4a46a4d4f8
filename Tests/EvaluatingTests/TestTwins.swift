import Evaluating
import Foundation
import Inference
import LayerCatalogue
import ModelFormat
import Numerics
import Quantizing
import Synchronization
import SystemPackage
import TestSupport
import Vocabulary

/// A golden case with one of its tables: the model, and its int8 twin made in memory.
struct GoldenModel {
    let name: String
    let float: Model<MemoryBytes>
    let table: CalibrationTable?

    init(_ name: String, table: String? = "model.table") throws {
        let folder = Fixtures.golden(name)
        try self.init(name, tableBytes: table.map { try Fixtures.bytes(folder.appending($0)) }, file: table ?? "")
    }

    init(_ name: String, tableBytes: [UInt8]?, file: String = "test.table") throws {
        let folder = Fixtures.golden(name)
        let param = try ParamFile(Fixtures.bytes(folder.appending("model.param")), file: "model.param")
        self.name = name
        float = try Model(
            param, bin: MemoryBytes(Fixtures.bytes(folder.appending("model.bin")), file: "model.bin"))
        table = tableBytes.map { CalibrationTable($0, file: file) }
    }

    func int8(floatLayers: [String: FloatReason] = [:]) throws -> Model<MemoryBytes> {
        let quantization = try Quantization(float, table: table, floatLayers: floatLayers)
        let sink = MemorySink()
        let param = try quantization.write(bin: sink).param
        return try Model(
            ParamFile(param, file: "int8.param"), bin: MemoryBytes(sink.bytes, file: "int8.bin"))
    }

    func twins() throws -> Twins {
        try Twins(float: network(float), int8: network(int8()))
    }

    func twin(floatLayers: [String: FloatReason]) throws -> Network {
        try network(int8(floatLayers: floatLayers))
    }

    private func network(_ model: Model<MemoryBytes>) throws -> Network {
        try Network(model.param, bin: model.bin)
    }

    /// The held-out images as an `.eval` folder, with or without their labels.
    func evalFolder(labelled: Bool = true) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        try folder.write("digits.eval/in0.npy", Fixtures.bytes(Fixtures.golden(name).appending("eval-x.npy")))
        if labelled {
            try folder.write("digits.eval/labels.npy", Fixtures.bytes(Fixtures.golden(name).appending("eval-y.npy")))
        }
        return folder
    }

    /// What is known of the case.
    func recorded() throws -> [String: Any] {
        let bytes = try Fixtures.bytes(Fixtures.golden(name).appending("case.json"))
        return try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any] ?? [:]
    }
}

extension TemporaryFolder {
    /// The `.eval` folder below it.
    var eval: FilePath { path.appending("digits.eval") }
}

/// A model written in a test: the lines of its layers, and its weights; a tagged array starts with a `nil`, the tag for
/// fp32.
func network(_ lines: [String], _ weights: [Float?] = []) throws -> Network {
    let (param, bin) = try files(lines, weights)
    return try Network(param, bin: bin)
}

func files(_ lines: [String], _ weights: [Float?] = []) throws -> (ParamFile, MemoryBytes) {
    let blobs = Set(lines.flatMap { $0.split(separator: " ").dropFirst(4).prefix { !$0.contains("=") } })
    let text = (["7767517", "\(lines.count) \(blobs.count)"] + lines).joined(separator: "\n") + "\n"
    let bytes = weights.flatMap { weight in
        withUnsafeBytes(of: (weight?.bitPattern ?? 0).littleEndian) { Array($0) }
    }
    return (try ParamFile(Array(text.utf8), file: "model.param"), MemoryBytes(bytes, file: "model.bin"))
}

/// Twins whose outputs are the input times these weights: the one's and the other's.
func scaledTwins(_ float: [Float], _ int8: [Float]) throws -> Twins {
    let lines = ["Input in0 0 1 in0 0=\(float.count)", "Scale s 1 1 in0 out0 0=\(float.count)"]
    return try Twins(float: network(lines, float), int8: network(lines, int8))
}

/// Samples that are these vectors.
func samples(_ vectors: [Float]..., labels: [Int]? = nil) -> Samples {
    Samples(dataset: "test", count: vectors.count, labels: labels) { index in
        ["in0": try Tensor([vectors[index].count], vectors[index])]
    }
}

/// A clock that goes on by a step each time it is looked at.
final class SteppingClock: Sendable {
    private let time = Mutex(Duration.zero)
    private let step: Duration

    init(step: Duration) {
        self.step = step
    }

    var uptime: @Sendable () -> Duration {
        { [self] in
            time.withLock { time in
                time += step
                return time
            }
        }
    }
}
