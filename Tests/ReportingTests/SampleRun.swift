import Foundation
import Glibc
import LayerCatalogue
import Ledger
import ModelFormat
import Publishing
import Quantizing
import Reporting
import SystemPackage
import TestSupport
import Vocabulary

/// A ledger with one run that was really made: digits-cnn with figures of its outputs that are made up.
struct SampleRun {
    let folder: TemporaryFolder
    let ledger: LedgerReader
    private let writer: LedgerWriter
    private let run: Int

    static let roles: [ArtifactRole] = [.param, .bin, .int8Param, .int8Bin]

    /// - Parameters:
    ///   - model: the model's name; its files are always called the same.
    ///   - end: how the run ends; nil for published.
    ///   - files: where the files lie below the folder.
    init(_ model: String = "digits", end: RunEnd? = nil, files: FilePath = "files", layerName: String? = nil) throws {
        folder = try TemporaryFolder()
        let place = folder.path.pushing(files)
        let golden = Fixtures.golden("digits-cnn")
        let param = try Fixtures.bytes(golden.appending("model.param"))
        let bin = try Fixtures.bytes(golden.appending("model.bin"))
        let table = CalibrationTable(try Fixtures.bytes(golden.appending("model.table")), file: "model.table")
        let quantization = try Quantization(
            Model(ParamFile(param, file: "p"), bin: MemoryBytes(bin, file: "b")), table: table)
        let sink = MemorySink()
        let twin = try quantization.write(bin: sink)
        var layers = twin.report.layers
        for (offset, index) in layers.indices.enumerated() {
            layers[index].accumulated = OutputMeasures(sqnr: 40 - 1.37 * Double(offset), cosine: 0.999)
            if layers[index].decision == .int8 { layers[index].local = OutputMeasures(sqnr: 38.123456, cosine: 0.9999) }
        }
        if let layerName { layers[3].name = layerName }

        try Self.makeFolder(place)
        let contents = zip(["m.param", "m.bin", "i.param", "i.bin"], [param, bin, twin.param, sink.bytes])
        var artifacts: [RunArtifact] = []
        for ((name, bytes), role) in zip(contents, Self.roles) {
            let path = place.appending(name)
            try Self.write(bytes, to: path)
            let digest = try FileDigest(of: path)
            artifacts.append(RunArtifact(role: role, path: path, digest: digest.digest, size: digest.length))
        }

        writer = try LedgerWriter(path: folder.path.appending("ledger.sqlite"))
        func file(_ role: ArtifactRole) throws -> Triple.File {
            let path = artifacts.first { $0.role == role }?.path ?? place
            guard let identity = FileIdentity(of: path) else { throw Errno.noSuchFileOrDirectory }
            return Triple.File(path: path, identity: identity)
        }
        let triple = Triple(name: ModelName(model), param: try file(.param), bin: try file(.bin), table: nil)
        run = try writer.enqueue(triple, trigger: .watch)
        try writer.begin(run, with: Self.recipe)
        let metrics = [
            MetricRecord(
                Metric(type: "cosine", int8: 0.993071234, slice: "<out>", samples: 360), dataset: "d & e.eval"),
            MetricRecord(
                Metric(type: "top1", float: 0.98055555, int8: 0.98333333, samples: 360),
                interval: -0.0134964...0.0199224,
                dataset: "d & e.eval", datasetDigest: Self.digest),
            MetricRecord(Metric(type: "top5", reason: "there are fewer than six classes"), dataset: "d & e.eval"),
        ]
        let end = end ?? .published(folder: place, verdict: .passed)
        try writer.finish(
            run, end, RunResults(artifacts: artifacts, layers: layers, metrics: metrics))
        ledger = try LedgerReader(path: folder.path.appending("ledger.sqlite"))
    }

    static let digest = ArtifactDigest(bytes: [UInt8](repeating: 7, count: 32))
    static let recipe = Recipe(
        floatStorage: "keep",
        settings: #"{"gate":{"limits":{"maxTop1Drop":0.01,"minCosine":0.95}},"quantize":{"exclude":["<b>"]}}"#,
        settingsDigest: digest, builderVersion: "0.1.0")

    func detail() throws -> RunDetail {
        guard let detail = try ledger.run(.number(run)) else { throw Errno.noSuchFileOrDirectory }
        return detail
    }

    func report() throws -> Report {
        let detail = try detail()
        return Report(
            detail, metrics: try ledger.metrics(of: run), layers: try ledger.layers(of: run),
            shapes: WeightShapes(of: detail), ledger: ledger.path)
    }

    /// A file of the run.
    func path(_ role: ArtifactRole) throws -> FilePath {
        guard let artifact = try detail().artifacts.first(where: { $0.role == role }) else {
            throw Errno.noSuchFileOrDirectory
        }
        return artifact.path
    }

    // Not with Foundation, whose paths are text.
    private static func makeFolder(_ path: FilePath) throws {
        guard path.withPlatformString({ mkdir($0, 0o755) }) == 0 else { throw Errno(rawValue: errno) }
    }

    private static func write(_ bytes: [UInt8], to path: FilePath) throws {
        let descriptor = try FileDescriptor.open(
            path, .writeOnly, options: [.create, .truncate], permissions: .ownerReadWrite)
        try descriptor.closeAfter { _ = try descriptor.writeAll(bytes) }
    }
}
