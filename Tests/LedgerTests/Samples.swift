import Foundation
import GRDB
import SystemPackage
import TestSupport
import Vocabulary

@testable import Ledger

/// A ledger for one test.
struct Sample {
    let folder: TemporaryFolder
    let writer: LedgerWriter
    var path: FilePath { writer.path }

    init() throws {
        folder = try TemporaryFolder()
        writer = try LedgerWriter(path: folder.path.appending("ledger.sqlite"))
    }

    func reader() throws -> LedgerReader { try LedgerReader(path: path) }

    /// Changes the ledger by SQL, past the verbs.
    func sql(_ sql: String, _ arguments: StatementArguments = StatementArguments()) throws {
        try writer.connection.queue.write { try $0.execute(sql: sql, arguments: arguments) }
    }

    /// Queues a run and begins it.
    func begun(_ name: String = "vision/resnet18", _ recipe: Recipe = .sample, at time: Int64 = 1000) throws -> Int {
        let run = try writer.enqueue(.sample(name), trigger: .watch, at: Timestamp(microseconds: time))
        try writer.begin(run, with: recipe, bin: .sample, at: Timestamp(microseconds: time + 1))
        return run
    }

    /// A run that was published.
    @discardableResult
    func published(
        _ name: String = "vision/resnet18", _ recipe: Recipe = .sample, verdict: Verdict? = nil, at time: Int64 = 1000
    ) throws -> Int {
        let run = try begun(name, recipe, at: time)
        try writer.finish(
            run, .published(folder: FilePath("/out/\(name)/\(run)"), verdict: verdict), .sample(name),
            at: Timestamp(microseconds: time + 2))
        return run
    }

    /// A run that failed after it began.
    @discardableResult
    func failed(_ name: String = "vision/resnet18", at time: Int64 = 1000) throws -> Int {
        let run = try begun(name, at: time)
        try writer.finish(run, .failed(message: "already int8"), at: Timestamp(microseconds: time + 2))
        return run
    }
}

extension Timestamp: ExpressibleByIntegerLiteral {
    init(integerLiteral microseconds: Int64) { self.init(microseconds: microseconds) }
}

extension ModelName: ExpressibleByStringLiteral {
    init(stringLiteral text: String) { self.init(text) }
}

extension ArtifactDigest {
    /// A digest that says one byte over and over.
    static func sample(_ byte: UInt8) -> ArtifactDigest {
        ArtifactDigest(bytes: [UInt8](repeating: byte, count: 32))
    }
}

extension FileIdentity {
    static func sample(_ inode: UInt64, size: Int64 = 100) -> FileIdentity {
        // A device and an inode with the highest bit set: SQLite's integers are signed.
        FileIdentity(
            device: 0xFFFF_FFFF_0000_0001, inode: inode | 1 << 63, size: size, modified: 1_700_000_000_123_456_789,
            changed: -1)
    }
}

extension Triple {
    static func sample(_ name: String, hasTable: Bool = true, hasSettings: Bool = false) -> Triple {
        func file(_ ending: String, _ inode: UInt64) -> File {
            File(path: FilePath("/models/\(name)\(ending)"), identity: .sample(inode))
        }
        return Triple(
            name: ModelName(name), param: file(".param", 1), bin: file(".bin", 2),
            table: hasTable ? file(".table", 3) : nil, settings: hasSettings ? file(".toml", 4) : nil)
    }
}

extension PartialDigest {
    static let sample = PartialDigest(rawValue: 4)
}

extension Recipe {
    static let sample = Recipe(
        floatStorage: "keep", settings: #"{"gate":{"min_cosine":0.99}}"#, settingsDigest: .sample(0xEE),
        builderVersion: "0.1.0")
}

extension RunResults {
    static func sample(_ name: String, table: ArtifactDigest? = .sample(3)) -> RunResults {
        var artifacts = [
            RunArtifact(role: .param, path: FilePath("/models/\(name).param"), digest: .sample(1), size: 11),
            RunArtifact(role: .bin, path: FilePath("/models/\(name).bin"), digest: .sample(2), size: 4000),
            RunArtifact(role: .int8Param, path: FilePath("/out/\(name)-int8.param"), digest: .sample(5), size: 12),
            RunArtifact(role: .int8Bin, path: FilePath("/out/\(name)-int8.bin"), digest: .sample(6), size: 1000),
            RunArtifact(role: .sums, path: FilePath("/out/\(name)/SHA256SUMS"), digest: .sample(7), size: 160),
        ]
        if let table {
            artifacts.append(
                RunArtifact(role: .table, path: FilePath("/models/\(name).table"), digest: table, size: 30))
        }
        return RunResults(artifacts: artifacts, layers: LayerReport.samples, metrics: MetricRecord.samples)
    }
}

extension LayerReport {
    static let samples = [
        LayerReport(
            index: 0, name: "data", type: "Input",
            decision: .float(FloatReason(.notQuantizable, "Input has no int8 form"))
        ),
        LayerReport(
            index: 1, name: "conv1", type: "Convolution", decision: .int8, storageBefore: "fp32", storageAfter: "int8",
            bytesBefore: 3000, bytesAfter: 800, quantizedWeights: 700, weightScales: 0.1...127.5,
            activationScale: 33.333, topScale: 1.5e-20, deadChannels: 2,
            measures: WeightMeasures(
                sqnr: 41.5, cosine: 0.9999, rmseOverStep: 0.289, maxError: 0.01, clippedFraction: 0.001),
            local: OutputMeasures(sqnr: 38.5, cosine: 0.99995), accumulated: OutputMeasures(sqnr: 21.25, cosine: nil),
            notes: ["two channels are dead", "a \"quoted\" note\n"]),
        LayerReport(
            index: 3, name: "fc", type: "InnerProduct", decision: .int8, storageBefore: "fp16", storageAfter: "int8",
            bytesBefore: 1000, bytesAfter: 200, quantizedWeights: 100, weightScales: 5...5,
            measures: WeightMeasures(sqnr: 33.25, cosine: nil, rmseOverStep: 0.3, maxError: 0.2, clippedFraction: 0)),
        LayerReport(
            index: 4, name: "odd", type: "Gemm",
            decision: .float(FloatReason(.notInTable, "the table has no line for odd")),
            storageBefore: "fp32", storageAfter: "fp32"),
    ]
}

extension MetricRecord {
    static let samples = [
        MetricRecord(
            Metric(type: "cosine", int8: 0.998, slice: "prob", samples: 16), dataset: "synthetic"),
        MetricRecord(
            Metric(type: "top1", float: 0.75, int8: 0.5, samples: 200), interval: -0.3 ... -0.2,
            dataset: "/models/m.eval", datasetDigest: .sample(9)),
        MetricRecord(Metric(type: "top5", reason: "there are no labels")),
    ]
}

extension DaemonState {
    static let sample = DaemonState(
        pid: 4711, version: "0.1.0", started: 100, heartbeat: 200, watchMode: .degraded,
        watchClause: "3 of 9 folders are not watched", modelsFolder: "/models", outputFolder: "/out", lastScan: 150)
}
