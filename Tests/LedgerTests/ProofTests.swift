import GRDB
import SystemPackage
import TestSupport
import Testing
import Vocabulary

@testable import Ledger

@Suite("What proofs are made of")
struct ProofTests {
    @Test("a digest is found by its beginning, in order, and by no more than there are")
    func digests() throws {
        let sample = try Sample()
        try sample.published("a")
        let reader = try sample.reader()
        #expect(try reader.digests(beginningWith: "0") == [1, 2, 3, 5, 6, 7].map { .sample($0) })
        #expect(try reader.digests(beginningWith: "05") == [.sample(5)])
        #expect(try reader.digests(beginningWith: ArtifactDigest.sample(5).hex.uppercased()) == [.sample(5)])
        #expect(try reader.digests(beginningWith: "0", limit: 2) == [.sample(1), .sample(2)])
        #expect(try reader.digests(beginningWith: "f").isEmpty)
    }

    @Test(
        "each question goes by an index and sorts nothing",
        arguments: [
            (LedgerReader.digestsSQL, ["SEARCH artifact USING PRIMARY KEY (sha256>? AND sha256<?)"]),
            (LedgerReader.answerSQL, ["SEARCH event USING INDEX event_by_request (request=?)"]),
            (
                "SELECT * FROM run " + LedgerReader.endedClauses(withResult: true),
                ["SEARCH run USING INTEGER PRIMARY KEY (rowid>?)"]
            ),
            (
                "SELECT * FROM run " + LedgerReader.endedClauses(withResult: false),
                ["SEARCH run USING INTEGER PRIMARY KEY (rowid>?)"]
            ),
            (
                PrunableRun.runsSQL,
                ["SEARCH run USING INDEX run_by_model (model=?)"]
            ),
            (LedgerWriter.prunedSQL, ["SEARCH run USING COVERING INDEX run_pruned (pruned_at>?)"]),
        ])
    func plans(sql: String, plan: [String]) throws {
        let sample = try Sample()
        let places = sql.filter { $0 == "?" }.count
        let found = try sample.writer.connection.read {
            try Row.fetchAll(
                $0, sql: "EXPLAIN QUERY PLAN \(sql)",
                arguments: StatementArguments(Array(repeating: 1, count: places))
            ).map { $0["detail"] as String }
        }
        #expect(found == plan)
    }

    @Test("a model's name stands for its latest result, without one for its latest run")
    func result() throws {
        let sample = try Sample()
        let good = try sample.published("a")
        let bad = try sample.failed("a")
        let other = try sample.failed("b")
        let reader = try sample.reader()
        func find(_ text: String) throws -> Int? { try reader.result(RunReference(text))?.summary.run }
        #expect(try find("a") == good)
        #expect(try find("b") == other)
        #expect(try find("\(bad)") == bad)
        #expect(try find("a@\(bad)") == bad)
        #expect(try find("c") == nil)
        #expect(try reader.resultCount() == 1)
    }

    @Test("the runs that have ended come in pieces, in the order of their numbers")
    func ended() throws {
        let sample = try Sample()
        for name in ["a", "b", "c"] { try sample.published(name) }
        let failed = try sample.failed("d")
        _ = try sample.begun("e")
        let reader = try sample.reader()
        #expect(try reader.ended(withResult: true).map(\.run) == [1, 2, 3])
        #expect(try reader.ended(withResult: false).map(\.run) == [1, 2, 3, failed])
        #expect(try reader.ended(after: 1, withResult: true, limit: 1).map(\.run) == [2])
        #expect(try reader.ended(after: 3, withResult: true).isEmpty)
    }

    @Test("metrics are given back as they were recorded, the odd ones too")
    func recorded() throws {
        let sample = try Sample()
        let run = try sample.begun("a")
        let odd = [
            MetricRecord(Metric(type: "a", float: -0.0, int8: .leastNonzeroMagnitude), interval: -0.0...0.0),
            MetricRecord(Metric(type: "b", float: .nan, int8: .infinity), interval: -.infinity...1),
            MetricRecord(Metric(type: "c", int8: .nan)), MetricRecord(Metric(type: "d", float: 0.1 + 0.2)),
            MetricRecord(Metric(type: "e", int8: 9_007_199_254_740_993.0, reason: "because")),
        ]
        var results = RunResults.sample("a")
        results.metrics = odd
        try sample.writer.finish(run, .published(folder: "/o", verdict: nil), results)
        let back = try sample.reader().metrics(of: run)
        #expect(back == odd.map(\.recorded))
        // Equal is not enough: a zero below zero is equal to zero and is written otherwise.
        #expect(back.map { "\($0)" } == odd.map { "\($0.recorded)" })
        #expect(back[2].metric.reason == "it is no number" && back[3].metric.reason == "not measured")
    }

    @Test("a pruned run keeps its row, files and metrics, and loses its layers; the view says when")
    func prune() throws {
        let sample = try Sample()
        let first = try sample.published("a")
        let copy = try sample.begun("b")
        try sample.writer.finish(copy, .cached(from: first, folder: "/o"), .sample("b"))
        try sample.published("a")
        try sample.published("b")
        let before = try #require(try sample.reader().run(.number(first)))
        try sample.writer.prune(first, at: 1_000_000)
        let reader = try sample.reader()
        let after = try #require(try reader.run(.number(first)))
        #expect(after.summary.pruned == 1_000_000)
        #expect(after.artifacts == before.artifacts && after.recipe == before.recipe)
        #expect(try reader.metrics(of: first) == MetricRecord.samples)
        // The copy still shows them.
        #expect(try reader.layers(of: copy) == LayerReport.samples)
        try sample.writer.prune(copy)
        #expect(try reader.layers(of: copy).isEmpty && reader.layers(of: first).isEmpty)
        #expect(try sample.writer.prunedRuns() == [first: "a", copy: "b"])
        let view = try sample.writer.connection.read {
            try String.fetchOne($0, sql: "SELECT pruned FROM history WHERE run = ?", arguments: [first])
        }
        #expect(view == "1970-01-01T00:00:01.000Z")
        #expect(try sample.writer.check().isSound)
    }

    @Test("what cannot be pruned says so, and nothing has changed")
    func pruneRefused() throws {
        let sample = try Sample()
        let only = try sample.published("a")
        let failed = try sample.failed("a")
        let running = try sample.begun("a")
        for run in [only, failed, running, 99] {
            #expect(throws: LedgerError.self) { try sample.writer.prune(run) }
        }
        #expect(try sample.reader().layers(of: only) == LayerReport.samples)
        #expect(try sample.writer.prunedRuns().isEmpty)
    }

    @Test("what has something to prune comes by model, the latest first")
    func prunable() throws {
        let sample = try Sample()
        for name in ["b", "a", "b", "a/x"] { try sample.published(name, at: 1000) }
        let rejected = try sample.begun("b")
        try sample.writer.finish(rejected, .rejected(message: "x"), .sample("b"), at: 7)
        try sample.failed("b")
        func prunable(_ pattern: String? = nil) throws -> [PrunableRun] {
            var all: [PrunableRun] = []
            try sample.reader().eachPrunable(of: pattern) { model, runs in
                #expect(runs.allSatisfy { $0.model == model })
                all += runs
            }
            return all
        }
        let runs = try prunable()
        #expect(runs.map(\.run) == [2, 4, rejected, 3, 1])
        #expect(runs.map(\.bytes) == [1000, 1000, 0, 1000, 1000])
        #expect(runs[2].finished == 7 && runs[2].status == .rejected)
        #expect(try prunable("a*").map(\.run) == [2, 4])
        #expect(try prunable("' OR 1 --").isEmpty)
        try sample.writer.eachPrunable(of: "b") { _, runs in try sample.writer.prune(runs[2].run) }
        #expect(try prunable("b").map(\.run) == [rejected, 3])
    }

    @Test("a quick check finds broken references too")
    func quick() throws {
        let sample = try Sample()
        try sample.published("a")
        #expect(try sample.reader().check(isQuick: true).isSound)
        try sample.writer.connection.outsideTransaction { db in
            try db.execute(
                sql: "PRAGMA foreign_keys = OFF; INSERT INTO event (run, at, kind, message) VALUES (99, 1, 'x', '')")
        }
        #expect(try sample.reader().check(isQuick: true).orphans == ["event 1 -> run"])
    }
}
