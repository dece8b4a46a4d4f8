import Foundation
import GRDB
import Glibc
import Ledger
import SystemPackage
import TestSupport
import Vocabulary

/// A ledger with a run of each kind, without a daemon.
struct SampleLedger {
    let folder: TemporaryFolder
    let writer: LedgerWriter
    var state: FilePath { folder.path }

    /// Run 1 and 4: vision/net, published; 2: 模型, cached; 3: odd, rejected; 5: broken, failed; 6: vision/net, running;
    /// 7: late, queued. slow waits. The folder of run 4 is not UTF-8.
    init() throws {
        folder = try TemporaryFolder()
        writer = try LedgerWriter(path: folder.path.appending("ledger.sqlite"))
        try writer.setDaemon(
            DaemonState(
                pid: Int(getpid()), version: "0.1.0", started: Self.time(0), heartbeat: Self.time(0),
                watchMode: .degraded,
                watchClause: "3 of 9 folders are not watched", modelsFolder: "/models", outputFolder: state,
                lastScan: Self.time(1)))
        try end("vision/net", .published(folder: "/out/vision/net/1", verdict: .passed), sqnr: 33.5)
        try end("模型", .cached(from: 1, folder: "/out/模型/2"))
        try end("odd", .rejected(message: "min_cosine of output prob is 0.91, wanted at least 0.95"))
        let path: [CChar] = [0x2F, 0x6F, CChar(bitPattern: 0xFF), 0]
        try end(
            "vision/net", .published(folder: FilePath(platformString: path), verdict: .warned), sqnr: 31, top1: 0.875)
        try end("broken", .failed(message: "=broken.param:17: 3 numbers, \"4\" wanted"))
        let running = try enqueue("vision/net")
        try writer.begin(running, with: Self.recipe, at: Self.time(60))
        try writer.note(RunProgress(step: "evaluating", done: 120, total: 3600, at: Self.time(64)), of: running)
        _ = try enqueue("late")
        try writer.setWaiting([
            WaitingRow(model: ModelName("slow"), since: Self.time(2), code: "missing", clause: "waits for slow.bin")
        ])
        try writer.record(
            LedgerEvent(
                run: 4, model: ModelName("vision/net"), at: Self.time(9), kind: "repaired", message: "fc is float"))
    }

    static func time(_ seconds: Int64) -> Timestamp {
        Timestamp(microseconds: 1_790_000_000_000_000 + seconds * 1_000_000)
    }

    static let recipe = Recipe(
        floatStorage: "keep", settings: #"{"gate":{"minCosine":0.95},"quantize":{"exclude":[]}}"#,
        settingsDigest: digest(0xEE), builderVersion: "0.1.0")

    static func digest(_ byte: UInt8) -> ArtifactDigest { ArtifactDigest(bytes: [UInt8](repeating: byte, count: 32)) }

    /// Changes a ledger by SQL, past the verbs, and returns the first row of the answer.
    @discardableResult
    static func sql(_ sql: String, _ path: FilePath) throws -> [Int] {
        let queue = try DatabaseQueue(path: path.string)
        return try queue.writeWithoutTransaction { db in
            try Row.fetchOne(db, sql: sql).map { $0.map { Int.fromDatabaseValue($1) ?? 0 } } ?? []
        }
    }

    /// Makes the folder in which the daemon is asked.
    func makeRequests() throws {
        try FileManager.default.createDirectory(
            atPath: state.appending("requests").string, withIntermediateDirectories: true)
    }

    func enqueue(_ name: String) throws -> Int {
        func file(_ ending: String, _ inode: UInt64) -> Triple.File {
            Triple.File(
                path: FilePath("/models/\(name)\(ending)"),
                identity: FileIdentity(device: 1, inode: inode, size: 100, modified: 1, changed: 1))
        }
        let triple = Triple(
            name: ModelName(name), param: file(".param", 1), bin: file(".bin", 2), table: file(".table", 3))
        return try writer.enqueue(triple, trigger: .watch, at: Self.time(5))
    }

    /// Queues, begins and ends a run.
    @discardableResult
    func end(_ name: String, _ end: RunEnd, sqnr: Double = 30, top1: Double = 0.5) throws -> Int {
        let run = try enqueue(name)
        try writer.begin(run, with: Self.recipe, at: Self.time(Int64(run) * 10))
        var results = RunResults()
        if end.status != .failed {
            results.artifacts = [
                RunArtifact(role: .param, path: FilePath("/models/\(name).param"), digest: Self.digest(1), size: 11),
                RunArtifact(role: .bin, path: FilePath("/models/\(name).bin"), digest: Self.digest(2), size: 4000),
                RunArtifact(role: .table, path: FilePath("/models/\(name).table"), digest: Self.digest(3), size: 30),
                RunArtifact(role: .int8Param, path: FilePath("/out/\(name).param"), digest: Self.digest(5), size: 12),
                RunArtifact(
                    role: .int8Bin, path: FilePath("/out/\(name).bin"), digest: Self.digest(UInt8(60 + run)), size: 1000
                ),
            ]
        }
        if end.status != .failed, end.status != .cached {
            results.layers = Self.layers(sqnr)
            results.metrics = [
                MetricRecord(Metric(type: "cosine", int8: 0.998, slice: "prob", samples: 16), dataset: "x.eval"),
                MetricRecord(
                    Metric(type: "top1", float: 0.75, int8: top1, samples: 200), interval: -0.3...0.2,
                    dataset: "x.eval",
                    datasetDigest: Self.digest(9)),
                MetricRecord(Metric(type: "top5", reason: "there are fewer than six classes")),
            ]
        }
        try writer.finish(run, end, results, at: Self.time(Int64(run) * 10 + 3))
        return run
    }

    private static func layers(_ sqnr: Double) -> [LayerReport] {
        [
            LayerReport(
                index: 0, name: "data", type: "Input",
                decision: .float(FloatReason(.notQuantizable, "ncnn has no int8 form of Input"))),
            LayerReport(
                index: 1, name: "conv1", type: "Convolution", decision: .int8, storageBefore: "fp32",
                storageAfter: "int8",
                bytesBefore: 3000, bytesAfter: 800, quantizedWeights: 700, weightScales: 0.1...127.5,
                activationScale: 33.333, topScale: 1.5e-20, deadChannels: 2,
                measures: WeightMeasures(
                    sqnr: sqnr, cosine: 0.9999, rmseOverStep: 0.289, maxError: 0.01, clippedFraction: 0.001),
                local: OutputMeasures(sqnr: 38.5, cosine: 0.99995),
                accumulated: OutputMeasures(sqnr: 21.25, cosine: nil),
                notes: ["two channels are dead"]),
            LayerReport(
                index: 2, name: "fc", type: "InnerProduct", decision: .int8, storageBefore: "fp32",
                storageAfter: "int8",
                bytesBefore: 1000, bytesAfter: 200, quantizedWeights: 250, weightScales: 5...5,
                measures: WeightMeasures(
                    sqnr: sqnr + 1, cosine: nil, rmseOverStep: 0.3, maxError: .infinity, clippedFraction: 0),
                local: OutputMeasures(sqnr: 18.5, cosine: 0.99), accumulated: OutputMeasures(sqnr: 23, cosine: 0.99)),
        ]
    }
}
