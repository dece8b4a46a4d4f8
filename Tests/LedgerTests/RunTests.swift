import Foundation
import GRDB
import SystemPackage
import TestSupport
import Testing
import Vocabulary

@testable import Ledger

@Suite("The life of a run")
struct RunTests {
    @Test("a queued run has the next number, its model and its time, and nothing else yet")
    func enqueue() throws {
        let sample = try Sample()
        #expect(try sample.writer.enqueue(.sample("a"), trigger: .watch, at: 500) == 1)
        #expect(try sample.writer.enqueue(.sample("b", hasTable: false), trigger: .retry, at: 600) == 2)
        let detail = try #require(try sample.reader().run(.number(2)))
        let run = detail.summary
        #expect(run.model == ModelName("b") && run.trigger == .retry && run.status == .queued)
        #expect(run.queued == 600 && run.started == nil && run.finished == nil && run.attempts == 0)
        #expect(run.layers == nil && run.folder == nil && run.ratio == nil)
        #expect(detail.recipe == nil)
        #expect(UUID(uuidString: detail.uuid) != nil)
        #expect(
            detail.artifacts == [
                RunArtifact(role: .param, path: "/models/b.param", digest: nil, size: 100),
                RunArtifact(role: .bin, path: "/models/b.bin", digest: nil, size: 100),
            ])
    }

    @Test("numbers that are skipped are given to no run, in a ledger that never had one too")
    func skipped() throws {
        let sample = try Sample()
        try sample.writer.skipNumbers(through: 41)
        #expect(try sample.writer.enqueue(.sample("a"), trigger: .watch, at: 500) == 42)
        try sample.writer.skipNumbers(through: 7)
        #expect(try sample.writer.enqueue(.sample("b"), trigger: .watch, at: 600) == 43)
    }

    @Test("an attempt is counted when it begins, with the recipe it is made with")
    func begin() throws {
        let sample = try Sample()
        let run = try sample.writer.enqueue(.sample("a"), trigger: .watch, at: 500)
        #expect(try sample.writer.begin(run, with: .sample, at: 700) == 1)
        let detail = try #require(try sample.reader().run(.number(run)))
        #expect(detail.summary.status == .running && detail.summary.started == 700 && detail.summary.attempts == 1)
        #expect(detail.recipe == .sample)
    }

    @Test("a run that was blocked goes on as the attempt that is counted, with the recipe of now")
    func beginAgain() throws {
        let sample = try Sample()
        let run = try sample.begun(at: 1000)
        var recipe = Recipe.sample
        recipe.floatStorage = "fp16"
        #expect(try sample.writer.begin(run, with: recipe, at: 9000) == 1)
        let detail = try #require(try sample.reader().run(.number(run)))
        #expect(detail.summary.started == 1001 && detail.summary.attempts == 1)
        #expect(detail.recipe == recipe)
    }

    @Test("a published run keeps its files, layers and metrics, and sums its layers up")
    func published() throws {
        let sample = try Sample()
        let run = try sample.published("vision/resnet18", verdict: .warned, at: 1000)
        let reader = try sample.reader()
        let summary = try #require(try reader.run(.number(run))?.summary)
        #expect(summary.status == .published && summary.verdict == .warned)
        #expect(summary.queued == 1000 && summary.started == 1001 && summary.finished == 1002)
        #expect(summary.layers == 4 && summary.int8Layers == 2)
        #expect(summary.bytesBefore == 4000 && summary.bytesAfter == 1000 && summary.ratio == 0.25)
        #expect(summary.worstSQNR == 33.25 && summary.worstLayer == "fc")
        #expect(summary.folder == "/out/vision/resnet18/1")
        #expect(try reader.layers(of: run) == LayerReport.samples)
        #expect(try reader.metrics(of: run) == MetricRecord.samples)
        let artifacts = try reader.artifacts(of: run)
        #expect(artifacts.map(\.role) == [.param, .bin, .table, .int8Param, .int8Bin, .sums])
        #expect(Set(artifacts) == Set(RunResults.sample("vision/resnet18").artifacts))
    }

    @Test("a run without a gate has no verdict, one that passed has PASSED")
    func verdicts() throws {
        let sample = try Sample()
        try sample.published("a")
        try sample.published("b", verdict: .passed)
        #expect(try sample.reader().history().map(\.verdict) == [.passed, nil])
    }

    @Test("a rejected run says why, and has its layers but no folder")
    func rejected() throws {
        let sample = try Sample()
        let run = try sample.begun()
        var results = RunResults.sample("vision/resnet18")
        results.artifacts.removeAll { !$0.role.isInput }
        try sample.writer.finish(run, .rejected(message: "cosine 0.9 < 0.99"), results)
        let summary = try #require(try sample.reader().run(.number(run))?.summary)
        #expect(summary.status == .rejected && summary.verdict == .failed && summary.message == "cosine 0.9 < 0.99")
        #expect(summary.folder == nil && summary.int8Layers == 2)
    }

    @Test("a failed run says why; one may fail without having begun")
    func failed() throws {
        let sample = try Sample()
        let run = try sample.writer.enqueue(.sample("a"), trigger: .watch)
        try sample.writer.finish(run, .failed(message: "worker died"), at: 900)
        let summary = try #require(try sample.reader().run(.number(run))?.summary)
        #expect(summary.status == .failed && summary.message == "worker died" && summary.finished == 900)
        #expect(summary.layers == nil && summary.int8Layers == nil && summary.bytesBefore == nil)
    }

    @Test("a cached run has a folder of its own, and the figures and details of the run that computed")
    func cached() throws {
        let sample = try Sample()
        let first = try sample.published("a", verdict: .passed)
        let run = try sample.begun("b")
        var results = RunResults.sample("b")
        results.layers = []
        results.metrics = []
        try sample.writer.finish(run, .cached(from: first, folder: "/out/b/2"), results)
        let reader = try sample.reader()
        let summary = try #require(try reader.run(.number(run))?.summary)
        #expect(summary.status == .cached && summary.cachedFrom == first && summary.folder == "/out/b/2")
        #expect(summary.verdict == .passed && summary.layers == 4 && summary.worstLayer == "fc")
        #expect(try reader.layers(of: run) == LayerReport.samples)
        #expect(try reader.metrics(of: run) == MetricRecord.samples)
        #expect(try reader.artifacts(of: run).count == 6)
    }

    @Test("a metric that is no number is kept without a value, and says so")
    func notANumber() throws {
        let sample = try Sample()
        let run = try sample.begun()
        var results = RunResults.sample("vision/resnet18")
        results.metrics = [MetricRecord(Metric(type: "cosine", int8: .nan, samples: 1))]
        try sample.writer.finish(run, .published(folder: "/out/1", verdict: nil), results)
        let metric = try #require(try sample.reader().metrics(of: run).first?.metric)
        #expect(metric.int8 == nil && metric.reason == "it is no number")
    }

    @Test("thousands of layers are kept")
    func manyLayers() throws {
        let sample = try Sample()
        let run = try sample.begun()
        var results = RunResults.sample("vision/resnet18")
        results.layers = (0..<3000).map {
            LayerReport(index: $0, name: "l\($0)", type: "Convolution", decision: .int8, bytesBefore: 4, bytesAfter: 1)
        }
        try sample.writer.finish(run, .published(folder: "/out/1", verdict: nil), results)
        #expect(try sample.reader().layers(of: run) == results.layers)
        #expect(try sample.reader().run(.number(run))?.summary.bytesBefore == 12000)
    }

    // MARK: Refusals of the verbs

    @Test("a verb names a run that is not there")
    func noSuchRun() throws {
        let sample = try Sample()
        let reasons = [
            reason { try sample.writer.begin(7, with: .sample) },
            reason { try sample.writer.finish(7, .failed(message: "x")) },
            reason { try sample.writer.drop(7, message: "x") },
        ]
        #expect(reasons == [.noSuchRun(7), .noSuchRun(7), .noSuchRun(7)])
    }

    @Test("a verb that comes at the wrong time is refused with the run's status")
    func wrongStatus() throws {
        let sample = try Sample()
        let queued = try sample.writer.enqueue(.sample("q"), trigger: .watch)
        let ended = try sample.published("e")
        #expect(
            reason { try sample.writer.begin(ended, with: .sample) } == .wrongStatus(run: ended, status: .published))
        #expect(
            reason { try sample.writer.finish(queued, .rejected(message: "x")) }
                == .wrongStatus(run: queued, status: .queued))
        #expect(
            reason { try sample.writer.finish(ended, .failed(message: "x")) }
                == .wrongStatus(run: ended, status: .published))
        #expect(reason { try sample.writer.drop(ended, message: "x") } == .wrongStatus(run: ended, status: .published))
    }

    @Test("a refused end changes nothing: neither files nor layers nor status")
    func atomicFinish() throws {
        let sample = try Sample()
        let run = try sample.begun()
        var results = RunResults.sample("vision/resnet18")
        results.artifacts.removeAll { $0.role == .int8Bin }
        let end = RunEnd.published(folder: "/out/1", verdict: nil)
        #expect(reason { try sample.writer.finish(run, end, results) } == .refused)
        let reader = try sample.reader()
        #expect(try reader.run(.number(run))?.summary.status == .running)
        #expect(try reader.layers(of: run).isEmpty)
        #expect(try reader.artifacts(of: run).allSatisfy { $0.digest == nil })
        try sample.writer.finish(run, end, .sample("vision/resnet18"))
    }

    @Test("a run that is put back is queued again, and that is no death")
    func paused() throws {
        let sample = try Sample()
        let run = try sample.begun("a")
        try sample.writer.pause(run)
        #expect(try sample.writer.requeueInterrupted().map(\.interruptions) == [0])
        try sample.writer.pause(run)
        #expect(try sample.reader().run(.number(run))?.summary.status == .queued)
        try sample.writer.finish(run, .failed(message: "x"))
        #expect(throws: LedgerError.self) { try sample.writer.pause(run) }
    }

    @Test("the deaths of workers over a run are counted apart from those of the daemon, across its restarts")
    func deaths() throws {
        let sample = try Sample()
        let run = try sample.begun("a")
        #expect(try sample.writer.noteDeath(run, message: "x") == 1)
        #expect(try sample.reader().run(.number(run))?.summary.status == .queued)
        #expect(try sample.writer.requeueInterrupted().map(\.interruptions) == [0])
        #expect(try sample.writer.noteDeath(run, message: "y") == 2)
    }

    @Test("two attempts at one model cannot run at once")
    func oneRunAtOnce() throws {
        let sample = try Sample()
        _ = try sample.begun("a")
        let second = try sample.writer.enqueue(.sample("a"), trigger: .retry)
        #expect(reason { try sample.writer.begin(second, with: .sample) } == .refused)
    }

    // MARK: After a crash

    @Test(
        "what was running is queued again with its triple and its deaths, and the ledger remembers the interruption")
    func requeue() throws {
        let sample = try Sample()
        try sample.published("done")
        let triple = Triple.sample("a", hasSettings: true)
        let first = try sample.writer.enqueue(triple, trigger: .retry)
        try sample.writer.begin(first, with: .sample)
        let second = try sample.writer.enqueue(.sample("b"), trigger: .watch)

        let queued = try sample.writer.requeueInterrupted(at: 5000)
        #expect(
            queued == [
                QueuedRun(run: first, triple: triple, trigger: .retry, interruptions: 1),
                QueuedRun(run: second, triple: .sample("b"), trigger: .watch, interruptions: 0),
            ])
        #expect(try sample.writer.begin(first, with: .sample) == 2)
        let events = try #require(try sample.reader().run(.number(first))?.events)
        #expect(
            events == [
                LedgerEvent(
                    run: first, model: "a", at: 5000, kind: "interrupted",
                    message: "the daemon stopped during attempt 1")
            ])
    }

    @Test("a dropped run is gone, an event tells of it, and its number is not given again")
    func drop() throws {
        let sample = try Sample()
        try sample.published("a")
        let run = try sample.begun("b")
        try sample.writer.drop(run, message: "b.bin changed while it was read", at: 5000)
        let reader = try sample.reader()
        #expect(try reader.run(.number(run)) == nil)
        #expect(
            try reader.events(latest: 9) == [
                LedgerEvent(
                    model: "b", at: 5000, kind: "dropped", message: "run \(run): b.bin changed while it was read")
            ])
        #expect(try sample.writer.enqueue(.sample("b"), trigger: .watch) == run + 1)
        #expect(try sample.writer.check().isSound)
    }

    @Test("for each model the latest triple that came to an end is known, and only that")
    func knownTriples() throws {
        let sample = try Sample()
        try sample.failed("a")
        let latest = Triple(
            name: "a", param: Triple.sample("a").param,
            bin: Triple.File(path: "/models/a.bin", identity: .sample(77, size: 5)), table: nil)
        let run = try sample.writer.enqueue(latest, trigger: .watch)
        try sample.writer.begin(run, with: .sample)
        var results = RunResults.sample("a", table: nil)
        results.metrics = []
        try sample.writer.finish(run, .published(folder: "/out/a/2", verdict: nil), results)
        _ = try sample.begun("a")
        _ = try sample.writer.enqueue(.sample("queued"), trigger: .watch)
        let failed = try sample.writer.enqueue(.sample("failed"), trigger: .watch)
        try sample.writer.finish(failed, .failed(message: "worker died"))

        #expect(
            try sample.writer.knownTriples() == [
                KnownTriple(
                    triple: latest, run: run, status: .published, settingsDigest: Recipe.sample.settingsDigest,
                    builderVersion: "0.1.0"),
                KnownTriple(
                    triple: .sample("failed"), run: failed, status: .failed, settingsDigest: nil, builderVersion: nil),
            ])
    }

    @Test("paths that are no UTF-8, and names with percent signs, come back to the byte")
    func oddPaths() throws {
        let sample = try Sample()
        let odd = FilePath(platformString: "/models/a\u{1}%41".utf8CString.dropLast() + [-1, 0])
        let triple = Triple(
            name: ModelName(escaping: odd), param: Triple.File(path: odd, identity: .sample(1)),
            bin: Triple.File(path: "/models/100%.bin", identity: .sample(2)), table: nil)
        let run = try sample.writer.enqueue(triple, trigger: .watch)
        #expect(try sample.writer.requeueInterrupted().map(\.triple) == [triple])
        #expect(try sample.reader().artifacts(of: run).map(\.path) == [odd, "/models/100%.bin"])
    }

    // MARK: Cached results

    @Test("the same bytes, settings and version find the published run, whatever the model is called")
    func cachedRun() throws {
        let sample = try Sample()
        let first = try sample.published("a")
        func find(
            param: UInt8 = 1, bin: UInt8 = 2, table: UInt8? = 3, settings: UInt8 = 0xEE, version: String = "0.1.0"
        ) throws -> Int? {
            var recipe = Recipe.sample
            recipe.settingsDigest = .sample(settings)
            recipe.builderVersion = version
            return try sample.writer.cachedRun(
                param: .sample(param), partial: .sample, bin: .sample(bin), table: table.map { .sample($0) },
                recipe: recipe)
        }
        #expect(try find() == first)
        #expect(try find(param: 8) == nil)
        #expect(try find(bin: 8) == nil)
        #expect(try find(table: 8) == nil)
        #expect(try find(table: nil) == nil)
        #expect(try find(settings: 8) == nil)
        #expect(try find(version: "0.1.1") == nil)

        let second = try sample.published("b")
        #expect(try find() == second)
    }

    @Test("a part of the .bin says that there is no earlier result, or that there may be one")
    func mayBeCached() throws {
        let sample = try Sample()
        let known = PartialDigest(rawValue: .min)
        func may(
            param: UInt8 = 1, bin: PartialDigest = known, table: UInt8? = 3, version: String = "0.1.0"
        ) throws -> Bool {
            var recipe = Recipe.sample
            recipe.builderVersion = version
            return try sample.writer.cachedRun(
                param: .sample(param), partial: bin, bin: nil, table: table.map { .sample($0) }, recipe: recipe) != nil
        }
        func run(_ model: String, _ bin: PartialDigest?) throws -> Int {
            let run = try sample.writer.enqueue(.sample(model), trigger: .watch)
            try sample.writer.begin(run, with: .sample, bin: bin)
            return run
        }
        try sample.writer.finish(try run("none", nil), .published(folder: "/o", verdict: nil), .sample("none"))
        try sample.writer.finish(try run("bad", known), .rejected(message: "x"), .sample("bad"))
        #expect(try !may(), "nothing was published")
        let good = try run("good", known)
        #expect(try !may(), "it only runs")
        try sample.writer.finish(good, .published(folder: "/p", verdict: nil), .sample("good"))
        #expect(try may())
        #expect(try !may(bin: PartialDigest(rawValue: .max)))
        #expect(try !may(param: 8))
        #expect(try !may(table: 8))
        #expect(try !may(table: nil))
        #expect(try !may(version: "0.1.1"))
    }

    @Test("a run without a table is found only by one without a table")
    func cachedRunWithoutTable() throws {
        let sample = try Sample()
        let run = try sample.writer.enqueue(.sample("a", hasTable: false), trigger: .watch)
        try sample.writer.begin(run, with: .sample, bin: .sample)
        try sample.writer.finish(run, .published(folder: "/o", verdict: nil), .sample("a", table: nil))
        func find(table: ArtifactDigest?) throws -> Int? {
            try sample.writer.cachedRun(
                param: .sample(1), partial: .sample, bin: .sample(2), table: table, recipe: .sample)
        }
        #expect(try find(table: nil) == run)
        #expect(try find(table: .sample(3)) == nil)
    }

    @Test("runs that failed, were rejected or were cached themselves are no source of results")
    func notCached() throws {
        let sample = try Sample()
        try sample.failed("a")
        let run = try sample.begun("b")
        try sample.writer.finish(run, .rejected(message: "x"), .sample("b"))
        let writer = sample.writer
        func find() throws -> Int? {
            try writer.cachedRun(
                param: .sample(1), partial: .sample, bin: .sample(2), table: .sample(3), recipe: .sample)
        }
        #expect(try find() == nil)
        let first = try sample.published("c")
        let copy = try sample.begun("d")
        try writer.finish(copy, .cached(from: first, folder: "/out/d"), .sample("d"))
        #expect(try find() == first)
        #expect(try writer.publishedRuns() == [first: "c", copy: "d"])
    }

    @Test("a copy that began later and ended before does not hide a newer result")
    func overtaken() throws {
        let sample = try Sample()
        let writer = sample.writer
        let first = try sample.published("a")
        let retried = try sample.begun("a")
        let copy = try sample.begun("b")
        try writer.finish(copy, .cached(from: first, folder: "/out/b"), .sample("b"))
        try writer.finish(retried, .published(folder: "/out/a", verdict: nil), .sample("a"))
        #expect(
            try writer.cachedRun(
                param: .sample(1), partial: .sample, bin: .sample(2), table: .sample(3), recipe: .sample) == retried)
    }

    @Test("copies of a result keep nothing by which they would be looked at when it is looked for")
    func copiesAreNotLookedAt() throws {
        let sample = try Sample()
        let first = try sample.published("a")
        for name in ["b", "c"] {
            try sample.writer.finish(
                try sample.begun(name), .cached(from: first, folder: FilePath("/out/\(name)")), .sample(name))
        }
        let looked = try sample.reader().connection.read { db in
            try Int.fetchAll(db, sql: "SELECT run FROM run_io WHERE partial IS NOT NULL")
        }
        #expect(looked == [first])
    }
}

/// The reason with which something is refused; nil where it is not.
func reason<T>(_ body: () throws -> T) -> LedgerError.Reason? {
    do {
        _ = try body()
        return nil
    } catch {
        return (error as? LedgerError)?.reason
    }
}
