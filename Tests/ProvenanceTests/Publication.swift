import Foundation
import Ledger
import Provenance
import Publishing
import SystemPackage
import TestSupport
import Vocabulary

/// A ledger, models and an output folder, and runs published there as the daemon does it.
struct Publication {
    let folder: TemporaryFolder
    let writer: LedgerWriter
    let publisher: Publisher
    var models: FilePath { folder.path.appending("models") }
    var ledger: FilePath { writer.path }

    init() throws {
        folder = try TemporaryFolder()
        let output = folder.path.appending("output")
        try FileManager.default.createDirectory(atPath: output.string, withIntermediateDirectories: true)
        writer = try LedgerWriter(path: folder.path.appending("ledger.sqlite"))
        publisher = try Publisher(locking: output)
    }

    func reader() throws -> LedgerReader { try LedgerReader(path: ledger) }

    func detail(_ run: Int) throws -> RunDetail {
        guard let detail = try reader().run(.number(run)) else { throw Missing() }
        return detail
    }

    struct Missing: Error {}

    /// Writes a model's files; `version` decides what is in them.
    func put(_ name: String, version: Int = 1, hasTable: Bool = true) throws -> Triple {
        func file(_ ending: String) throws -> Triple.File {
            let path = try folder.write("models/\(name).\(ending)", "\(name) \(ending) \(version)\n")
            guard let identity = FileIdentity(of: path) else { throw Missing() }
            return Triple.File(path: path, identity: identity)
        }
        return Triple(
            name: ModelName(name), param: try file("param"), bin: try file("bin"),
            table: hasTable ? try file("table") : nil)
    }

    static let recipe = Recipe(
        floatStorage: "keep", settings: #"{"gate":{"limits":{"minCosine":0.95,"minSQNR":8}}}"#,
        settingsDigest: Statement.digest(of: "settings"), builderVersion: "0.1.0")

    static let metrics = [
        MetricRecord(
            Metric(type: "top1", float: 0.98, int8: 0.97, samples: 360), interval: -0.0...0.02, dataset: "m.eval",
            datasetDigest: Statement.digest(of: "samples")),
        MetricRecord(Metric(type: "cosine", int8: 0.9931, slice: "out0", samples: 360), dataset: "m.eval"),
        MetricRecord(Metric(type: "max_error", int8: .infinity, slice: "out0", samples: 360)),
        MetricRecord(Metric(type: "sqnr_db", int8: .nan, slice: "out0", samples: 360)),
        MetricRecord(Metric(type: "top5", samples: 0)),
        MetricRecord(Metric(type: "zero", float: -0.0, int8: 0.1 + 0.2, samples: 1)),
    ]

    /// What a run published, and the record of which its statement was made.
    struct Published {
        let run: Int
        let folder: PublishedFolder
        let record: BuildRecord
        let statement: String
    }

    /// Runs and publishes a triple.
    ///
    /// - Parameter source: the run whose result is published again.
    func publish(_ triple: Triple, cachedFrom source: Int? = nil, key: SigningKey? = nil) throws -> Published {
        let run = try writer.enqueue(triple, trigger: .watch)
        try writer.begin(run, with: Self.recipe)
        let first = try source.map { try detail($0) }
        var artifacts: [RunArtifact] = try [
            (ArtifactRole.param, triple.param), (.bin, triple.bin), (.table, triple.table),
        ].compactMap { role, file in
            try file.map { file in
                let text = try String(contentsOfFile: file.path.string, encoding: .utf8)
                return RunArtifact(
                    role: role, path: file.path, digest: Statement.digest(of: text), size: file.identity.size)
            }
        }
        let place = PublishedRun(model: triple.name, run: run)
        var staged = try publisher.stage(place)
        for (role, file) in [(ArtifactRole.int8Param, PublishedFile.param), (.int8Bin, .bin)] {
            let name = file.name(of: triple.name)
            // What is published again has the same bytes.
            try staged.write(name, Array("int8 \(role.rawValue) of \(triple.name) \(source ?? run)\n".utf8))
            let measured = try staged.measure(name)
            artifacts.append(
                RunArtifact(
                    role: role, path: try publisher.path(of: place).appending(name), digest: measured.digest,
                    size: measured.length))
        }
        let finished = Timestamp.now
        let metrics = try source.map { try writer.metrics(of: $0) } ?? Self.metrics
        let verdict = first.map(\.summary.verdict) ?? .passed
        let record = try BuildRecord(
            try writer.detail(of: run), artifacts: artifacts, metrics: metrics, verdict: verdict, source: first,
            finished: finished)
        let statement = Statement.text(of: record)
        try staged.write(PublishedFile.statement.name(of: triple.name), Array(statement.utf8))
        if let key {
            try staged.write(PublishedFile.signature.name(of: triple.name), try key.signature(of: statement))
        }
        let folder = try staged.commit()
        let others: [(ArtifactRole, String)] = [
            (.statement, PublishedFile.statement.name(of: triple.name)),
            (.signature, PublishedFile.signature.name(of: triple.name)), (.sums, PublishedFile.checksums),
        ]
        for (role, name) in others {
            guard let file = folder.file(name) else { continue }
            artifacts.append(RunArtifact(role: role, path: file.path, digest: file.digest, size: file.length))
        }
        let end: RunEnd =
            source.map { .cached(from: $0, folder: folder.path) } ?? .published(folder: folder.path, verdict: .passed)
        try writer.finish(
            run, end, RunResults(artifacts: artifacts, metrics: source == nil ? Self.metrics : []), at: finished)
        return Published(run: run, folder: folder, record: record, statement: statement)
    }
}
