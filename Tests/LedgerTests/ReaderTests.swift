import GRDB
import SystemPackage
import TestSupport
import Testing
import Vocabulary

@testable import Ledger

@Suite("Asking the ledger")
struct ReaderTests {
    @Test("the status of a fresh ledger: no daemon, nothing waits, all counts are 0")
    func emptyStatus() throws {
        let sample = try Sample()
        let status = try sample.reader().status()
        #expect(status.daemon == nil && status.waiting.isEmpty && status.running.isEmpty && status.lastFailed == nil)
        #expect(status.queued == 0)
        #expect(status.counts == Dictionary(uniqueKeysWithValues: RunStatus.allCases.map { ($0, 0) }))
    }

    @Test("the status tells of the daemon, what waits, runs, is queued, and failed last")
    func status() throws {
        let sample = try Sample()
        try sample.writer.setDaemon(.sample)
        let waiting = [
            WaitingRow(model: "a", since: 5, code: "no-table", clause: "waits for a.table"),
            WaitingRow(model: "b", since: 6, code: "short-bin", clause: "b.bin lacks 16 of 36 bytes"),
        ]
        try sample.writer.setWaiting(waiting.reversed())
        try sample.published("p1")
        try sample.failed("f1", at: 3000)
        let late = try sample.failed("f2", at: 4000)
        try sample.failed("f3", at: 2000)
        let slow = try sample.begun("r1", at: 100)
        let fast = try sample.begun("r2", at: 50000)
        _ = try sample.writer.enqueue(.sample("q"), trigger: .watch)

        let status = try sample.reader().status()
        #expect(status.daemon == .sample)
        #expect(status.waiting == waiting)
        #expect(status.running.map(\.run) == [slow, fast])
        #expect(status.queued == 1)
        #expect(status.lastFailed?.run == late)
        #expect(
            status.counts == [.queued: 1, .running: 2, .published: 1, .rejected: 0, .failed: 3, .cached: 0])
    }

    @Test("the daemon's row is replaced, and says when it stopped")
    func daemon() throws {
        let sample = try Sample()
        try sample.writer.setDaemon(.sample)
        var stopped = DaemonState.sample
        stopped.stopped = 300
        stopped.watchMode = .inotify
        stopped.watchClause = nil
        try sample.writer.setDaemon(stopped)
        #expect(try sample.reader().status().daemon == stopped)
    }

    /// Runs 1 to 6: a/x published PASSED, a/y failed, b rejected, a/x published, c running, d queued.
    private func history() throws -> Sample {
        let sample = try Sample()
        try sample.published("a/x", verdict: .passed, at: 1000)
        try sample.failed("a/y", at: 2000)
        let rejected = try sample.begun("b", at: 3000)
        try sample.writer.finish(rejected, .rejected(message: "cosine"), at: 3002)
        try sample.published("a/x", at: 4000)
        _ = try sample.begun("c", at: 5000)
        _ = try sample.writer.enqueue(.sample("d"), trigger: .watch, at: 6000)
        return sample
    }

    @Test(
        "the history shows the runs that match, the latest first",
        arguments: [
            (HistoryQuery(), [6, 5, 4, 3, 2, 1]),
            (HistoryQuery(isReversed: true), [1, 2, 3, 4, 5, 6]),
            (HistoryQuery(limit: 2), [6, 5]),
            (HistoryQuery(limit: 2, isReversed: true), [5, 6]),
            (HistoryQuery(limit: 0), []),
            (HistoryQuery(limit: -1), []),
            (HistoryQuery(models: ["a/*"]), [4, 2, 1]),
            (HistoryQuery(models: ["a/x"]), [4, 1]),
            (HistoryQuery(models: ["?"]), [6, 5, 3]),
            (HistoryQuery(models: ["[bc]"]), [5, 3]),
            (HistoryQuery(models: ["A/*"]), []),
            (HistoryQuery(models: ["' OR 1=1 --"]), []),
            (HistoryQuery(statuses: [.published]), [4, 1]),
            (HistoryQuery(statuses: [.queued, .running]), [6, 5]),
            (HistoryQuery(verdicts: [.passed]), [1]),
            (HistoryQuery(verdicts: [.passed, .failed]), [3, 1]),
            (HistoryQuery(since: 3002), [6, 5, 4, 3]),
            (HistoryQuery(since: 3003), [6, 5, 4]),
            (HistoryQuery(until: 3002), [2, 1]),
            (HistoryQuery(until: 3003), [3, 2, 1]),
            (HistoryQuery(models: ["a/*"], statuses: [.published], since: 2000, limit: 5), [4]),
            (HistoryQuery(models: ["b", "a/y"]), [3, 2]),
            (HistoryQuery(models: ["nobody", "d"]), [6]),
            (HistoryQuery(statuses: [.published], verdicts: [.failed]), []),
            (HistoryQuery(statuses: [.published, .rejected], verdicts: [.failed, .passed]), [3, 1]),
        ])
    func history(query: HistoryQuery, runs: [Int]) throws {
        let sample = try history()
        #expect(try sample.reader().history(query).map(\.run) == runs)
    }

    @Test("a run is found by number, by its model, and by both")
    func references() throws {
        let sample = try history()
        let reader = try sample.reader()
        func find(_ text: String) throws -> Int? { try reader.run(RunReference(text))?.summary.run }
        #expect(try find("1") == 1)
        #expect(try find("a/x") == 4)
        #expect(try find("a/x@latest") == 4)
        #expect(try find("a/x@1") == 1)
        #expect(try find("a/x@-1") == 1)
        #expect(try find("a/x@-2") == nil)
        #expect(try find("a/y@1") == nil)
        #expect(try find("99") == nil)
        #expect(try find("nobody") == nil)
        #expect(try find("99999999999999999999") == nil)
    }

    @Test(
        "a reference is read as people mean it",
        arguments: [
            ("17", RunReference.number(17)), ("a/b", .latest("a/b")), ("a/b@17", .numbered("a/b", 17)),
            ("a@latest", .latest("a")), ("17@latest", .latest("17")), ("a@1@latest", .latest("a@1")),
            ("a@b", .latest("a@b")), ("@5", .latest("@5")), ("-1", .latest("-1")), ("a@-1", .before("a", 1)),
            ("a@-0", .latest("a@-0")), ("a@--1", .latest("a@--1")),
            ("٣", .latest("٣")), ("", .latest("")),
        ])
    func referenceText(text: String, reference: RunReference) {
        #expect(RunReference(text) == reference)
    }

    @Test("a content tells the runs that read or made it")
    func uses() throws {
        let sample = try Sample()
        let first = try sample.published("a")
        let second = try sample.published("b")
        let reader = try sample.reader()
        let made = try reader.uses(of: .sample(6))
        #expect(made.map(\.run.run) == [second, first])
        #expect(made.map(\.role) == [.int8Bin, .int8Bin])
        #expect(made.map(\.path) == ["/out/b-int8.bin", "/out/a-int8.bin"])
        #expect(try reader.uses(of: .sample(2)).map(\.role) == [.bin, .bin])
        #expect(try reader.uses(of: .sample(0x77)).isEmpty)
    }

    @Test("a content tells where it was seen, and a path which contents it had")
    func sightings() throws {
        let sample = try Sample()
        let old = Triple.File(path: "/m/a.bin", identity: .sample(1, size: 10))
        let new = Triple.File(path: "/m/a.bin", identity: .sample(2, size: 20))
        let copy = Triple.File(path: "/m/copy.bin", identity: .sample(3, size: 10))
        try sample.writer.seen(old, .sample(1), at: 100)
        try sample.writer.seen(old, .sample(1), at: 150)
        try sample.writer.seen(new, .sample(2), at: 200)
        try sample.writer.seen(copy, .sample(1), at: 300)
        let reader = try sample.reader()
        let first = Sighting(path: "/m/a.bin", digest: .sample(1), size: 10, firstSeen: 100, lastSeen: 150)
        let second = Sighting(path: "/m/a.bin", digest: .sample(2), size: 20, firstSeen: 200, lastSeen: 200)
        let third = Sighting(path: "/m/copy.bin", digest: .sample(1), size: 10, firstSeen: 300, lastSeen: 300)
        #expect(try reader.sightings(at: "/m/a.bin") == [second, first])
        #expect(try reader.sightings(of: .sample(1)) == [third, first])
    }

    @Test("events come in the order in which they happened, the latest last")
    func events() throws {
        let sample = try Sample()
        let run = try sample.begun("a")
        let events = (0..<5).map {
            LedgerEvent(run: $0 == 3 ? run : nil, model: "a", at: 10, kind: "scan", message: "scan \($0)")
        }
        for event in events { try sample.writer.record(event) }
        let reader = try sample.reader()
        #expect(try reader.events(latest: 3) == Array(events.suffix(3)))
        #expect(try reader.run(.number(run))?.events == [events[3]])
    }

    @Test("names and numbers for completion")
    func completion() throws {
        let sample = try Sample()
        try sample.published("a/x")
        try sample.published("a/x")
        try sample.published("a/%41")
        try sample.writer.setWaiting([WaitingRow(model: "a/wait", since: 1, code: "c", clause: "c")])
        try sample.published("b")
        let reader = try sample.reader()
        #expect(try reader.models() == ["a/%41", "a/wait", "a/x", "b"])
        #expect(try reader.models(beginningWith: "a/") == ["a/%41", "a/wait", "a/x"])
        #expect(try reader.models(beginningWith: "a/%") == ["a/%41"])
        #expect(try reader.models(limit: 1) == ["a/%41"])
        #expect(try reader.runNumbers() == [4, 3, 2, 1])
        #expect(try reader.runNumbers(of: "a/x") == [2, 1])
        #expect(try reader.runNumbers(limit: 1) == [4])
    }

    @Test("the views answer people with sqlite3, times as RFC 3339")
    func views() throws {
        let sample = try Sample()
        let first = try sample.published("a", at: 1_700_000_000_123_000)
        let copy = try sample.begun("b")
        try sample.writer.finish(
            copy, .cached(from: first, folder: "/out/b"), RunResults(artifacts: RunResults.sample("b").artifacts))
        try sample.reader().connection.read { db in
            let row = try #require(try Row.fetchOne(db, sql: "SELECT * FROM history WHERE run = ?", arguments: [first]))
            #expect(row["queued"] == "2023-11-14T22:13:20.123Z")
            #expect(row["model"] == "a")
            #expect(row["int8_layers"] == 2)
            let layers = try Row.fetchAll(
                db, sql: "SELECT run, name, decision FROM layer_report WHERE model = 'b' ORDER BY idx")
            #expect(layers.map { $0["name"] as String } == ["data", "conv1", "fc", "odd"])
            #expect(layers.allSatisfy { $0["run"] == copy })
        }
    }
}
