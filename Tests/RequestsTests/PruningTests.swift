import Foundation
import Ledger
import Publishing
import SystemPackage
import TestSupport
import Testing
import Vocabulary

@testable import Requests

@Suite("Pruning")
struct PruningTests {
    /// A ledger and an output folder where a model has had these many runs.
    final class Place {
        let folder: TemporaryFolder
        let ledger: LedgerWriter
        let publisher: Publisher

        init() throws {
            folder = try TemporaryFolder()
            let output = folder.path.appending("output")
            try FileManager.default.createDirectory(atPath: output.string, withIntermediateDirectories: true)
            ledger = try LedgerWriter(path: folder.path.appending("ledger.sqlite"))
            publisher = try Publisher(locking: output)
        }

        static let model = ModelName("vision/digits")

        func run(cachedFrom source: Int? = nil, isRejected: Bool = false) throws -> Int {
            let identity = FileIdentity(device: 1, inode: 1, size: 1, modified: 1, changed: 1)
            func file(_ ending: String) -> Triple.File {
                Triple.File(path: FilePath("/models/\(Self.model).\(ending)"), identity: identity)
            }
            let run = try ledger.enqueue(
                Triple(name: Self.model, param: file("param"), bin: file("bin"), table: nil), trigger: .watch)
            let digest = ArtifactDigest(bytes: [UInt8](repeating: 1, count: 32))
            try ledger.begin(
                run, with: Recipe(floatStorage: "keep", settings: "{}", settingsDigest: digest, builderVersion: "1"))
            let layers = [
                LayerReport(index: 0, name: "l", type: "Gemm", decision: .int8, bytesBefore: 4000, bytesAfter: 1000)
            ]
            if isRejected {
                try ledger.finish(run, .rejected(message: "cosine"), RunResults(layers: layers))
                return run
            }
            var staged = try publisher.stage(PublishedRun(model: Self.model, run: run))
            for file in [PublishedFile.param, .bin] { try staged.write(file.name(of: Self.model), [1, 2, 3]) }
            let published = try staged.commit()
            let artifacts = [ArtifactRole.param, .bin, .int8Param, .int8Bin].map {
                RunArtifact(role: $0, path: "/x", digest: digest, size: 3)
            }
            if let source {
                try ledger.finish(run, .cached(from: source, folder: published.path), RunResults(artifacts: artifacts))
            } else {
                try ledger.finish(
                    run, .published(folder: published.path, verdict: nil),
                    RunResults(artifacts: artifacts, layers: layers))
            }
            return run
        }

        func folders() throws -> [String] {
            try FileManager.default.contentsOfDirectory(atPath: publisher.output.appending("vision/digits").string)
                .sorted()
        }

        func reader() throws -> LedgerReader { try LedgerReader(path: ledger.path) }
    }

    @Test("folders and layers of old runs go; their rows and digests stay and say when")
    func prune() throws {
        let place = try Place()
        for _ in 1...4 { _ = try place.run() }
        let rejected = try place.run(isRejected: true)
        let pruning = try Pruning(Retention(keep: 2), in: place.ledger, of: place.publisher)
        #expect(pruning.pruned.map(\.run) == [2, 1])
        #expect(pruning.failures.isEmpty)
        #expect(pruning.description == "pruned 2 runs, 2000 bytes of weights")
        #expect(try place.folders() == ["3", "4", "latest"])
        let reader = try place.reader()
        let run = try #require(try reader.run(.number(1)))
        #expect(run.summary.pruned != nil && run.summary.status == .published && run.summary.layers == 1)
        #expect(run.artifacts.count == 4 && run.artifacts.allSatisfy { $0.digest != nil })
        #expect(try reader.layers(of: 1).isEmpty)
        #expect(try reader.layers(of: 3).count == 1 && reader.layers(of: rejected).count == 1)
        #expect(try reader.run(.number(3))?.summary.pruned == nil)
        #expect(try Pruning(Retention(keep: 2), in: place.ledger, of: place.publisher).pruned.isEmpty)
    }

    @Test("layers that a run still shows stay until that one is pruned too")
    func sharedLayers() throws {
        let place = try Place()
        let first = try place.run()
        let copy = try place.run(cachedFrom: first)
        _ = try Pruning(Retention(keep: 1), in: place.ledger, of: place.publisher)
        let reader = try place.reader()
        #expect(try reader.run(.number(first))?.summary.pruned != nil)
        #expect(try reader.layers(of: copy).count == 1)
        _ = try place.run()
        _ = try Pruning(Retention(keep: 1), in: place.ledger, of: place.publisher)
        #expect(try reader.run(.number(copy))?.summary.pruned != nil)
        #expect(try reader.layers(of: copy).isEmpty && reader.layers(of: first).isEmpty)
        #expect(try place.ledger.check().isSound)
    }

    @Test("the run to which an operator has set latest back stays")
    func setBack() throws {
        let place = try Place()
        for _ in 1...3 { _ = try place.run() }
        let latest = place.publisher.output.appending("vision/digits/latest").string
        try FileManager.default.removeItem(atPath: latest)
        try FileManager.default.createSymbolicLink(atPath: latest, withDestinationPath: "1")
        let pruning = try Pruning(Retention(keep: 1), in: place.ledger, of: place.publisher)
        #expect(pruning.pruned.map(\.run) == [2])
        #expect(try place.folders() == ["1", "3", "latest"])
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: latest) == "1")
    }

    @Test("a folder that holds someone else's file stays and is told of; the others go on")
    func foreign() throws {
        let place = try Place()
        for _ in 1...3 { _ = try place.run() }
        let folder = place.publisher.output.appending("vision/digits/2")
        try Data().write(to: URL(fileURLWithPath: folder.appending("notes").string))
        let pruning = try Pruning(Retention(keep: 1), in: place.ledger, of: place.publisher)
        #expect(pruning.pruned.map(\.run) == [2, 1])
        #expect(pruning.failures == ["run 2: \(folder) was not made by a publisher and is left alone; move it away"])
        #expect(try place.folders() == ["2", "3", "latest"])
    }

    @Test("only models that fit the pattern are touched")
    func pattern() throws {
        let place = try Place()
        for _ in 1...3 { _ = try place.run() }
        #expect(
            try Pruning(Retention(models: "audio/*", keep: 1), in: place.ledger, of: place.publisher).pruned.isEmpty)
        #expect(
            try Pruning(Retention(models: "vision/*", keep: 1), in: place.ledger, of: place.publisher).pruned.count == 2
        )
    }
}
