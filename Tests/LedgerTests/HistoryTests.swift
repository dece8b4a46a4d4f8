import GRDB
import Testing
import Vocabulary

@testable import Ledger

@Suite("The history")
struct HistoryTests {
    @Test("counts of runs and models are those of the rows, whatever happened to them")
    func counts() throws {
        let sample = try Sample()
        let first = try sample.published("a")
        try sample.failed("b")
        let copy = try sample.begun("a")
        try sample.writer.finish(
            copy, .cached(from: first, folder: "/out/a/3"), RunResults(artifacts: RunResults.sample("a").artifacts))
        let rejected = try sample.begun("c")
        try sample.writer.finish(rejected, .rejected(message: "cosine"))
        let paused = try sample.begun("d")
        try sample.writer.pause(paused)
        let dropped = try sample.begun("only-dropped")
        try sample.writer.drop(dropped, message: "changed")
        try sample.writer.drop(try sample.begun("a"), message: "changed")
        _ = try sample.begun("e")
        _ = try sample.writer.requeueInterrupted()
        _ = try sample.begun("f")

        try sample.reader().connection.read { db in
            let counted = try Row.fetchAll(db, sql: "SELECT status, runs FROM run_count WHERE runs > 0 ORDER BY status")
            #expect(
                counted
                    == (try Row.fetchAll(
                        db, sql: "SELECT status, count(*) AS runs FROM run GROUP BY status ORDER BY status")))
            let models = try Row.fetchAll(db, sql: "SELECT name, runs FROM model ORDER BY name")
            #expect(
                models
                    == (try Row.fetchAll(
                        db, sql: "SELECT model AS name, count(*) AS runs FROM run GROUP BY model ORDER BY model")))
            #expect(models.count == 6)
        }
    }

    @Test("a run carries the lowest cosine and the top-1 of its metrics, and a cached run those of the first")
    func figures() throws {
        let sample = try Sample()
        let run = try sample.begun("a")
        var results = RunResults.sample("a")
        results.metrics.append(MetricRecord(Metric(type: "cosine", int8: 0.9, slice: "boxes", samples: 16)))
        try sample.writer.finish(run, .published(folder: "/out/a", verdict: .passed), results)
        let copy = try sample.begun("b")
        try sample.writer.finish(
            copy, .cached(from: run, folder: "/out/b"), RunResults(artifacts: RunResults.sample("b").artifacts))
        let failed = try sample.failed("c")
        let reader = try sample.reader()
        for number in [run, copy] {
            let summary = try #require(try reader.run(.number(number))).summary
            #expect(summary.cosine == 0.9)
            #expect(summary.top1 == Top1(float: 0.75, int8: 0.5))
            #expect(summary.top1?.delta == -0.25)
        }
        let summary = try #require(try reader.run(.number(failed))).summary
        #expect(summary.cosine == nil && summary.top1 == nil)
    }

    @Test("the statuses and verdicts that are merged are all that the schema lets be", arguments: RunStatus.allCases)
    func states(status: RunStatus) throws {
        let sample = try Sample()
        let known = HistoryFilter.states.first { $0.0 == status }?.1 ?? []
        try sample.published("first")
        for trigger in ["run_is_born_queued", "run_is_counted"] { try sample.sql("DROP TRIGGER \(trigger)") }
        for (number, verdict) in ([nil] + Verdict.allCases.map { Optional($0) }).enumerated() {
            let hasEnded = status.hasEnded
            let arguments: StatementArguments = [
                "uuid": "00000000-0000-0000-0000-00000000000\(number)", "status": status.rawValue,
                "verdict": verdict?.rawValue, "message": [.rejected, .failed].contains(status) ? "why" : nil,
                "started": status == .queued ? nil : 2, "finished": hasEnded ? 3 : nil,
                "attempts": status == .queued ? 0 : 1, "sha": ArtifactDigest.sample(1).hex,
                "folder": [.published, .cached].contains(status) ? "/out" : nil, "cached": status == .cached ? 1 : nil,
            ]
            let insert = {
                try sample.sql(
                    """
                    INSERT INTO run (uuid, model, trigger, status, verdict, message, queued_at, started_at, finished_at,
                        attempts, float_storage, settings, settings_sha256, builder_version, folder, cached_from)
                    VALUES (:uuid, 'm', 'watch', :status, :verdict, :message, 1, :started, :finished, :attempts, 'keep',
                        '{}', :sha, '1', :folder, :cached)
                    """, arguments)
            }
            if known.contains(verdict) {
                #expect(throws: Never.self, "\(String(describing: verdict))") { try insert() }
            } else {
                #expect(throws: DatabaseError.self, "\(String(describing: verdict))") { try insert() }
            }
        }
    }

    @Test("many runs and few are found alike: by their state or by their models")
    func bothWays() throws {
        let sample = try Sample()
        for time in [1000, 5000, 3000] as [Int64] { try sample.published("a/\(time)", at: time) }
        try sample.failed("a/f", at: 4000)
        try sample.published("b", at: 2000)
        try sample.reader().connection.read { db in
            for query in [
                HistoryQuery(models: ["a/*"]), HistoryQuery(models: ["a/*", "b"], limit: 2),
                HistoryQuery(models: ["*"], statuses: [.published], since: 2000, until: 4000),
                HistoryQuery(models: ["a/*"], verdicts: [.passed]),
            ] {
                let filter = HistoryFilter(query)
                let byState = try LedgerReader.runs(db, filter.byState())
                #expect(byState == (try LedgerReader.runs(db, filter.byModel())))
            }
        }
    }

    @Test("the numbers of a history lead to its runs, piece by piece, without those that are gone")
    func pieces() throws {
        let sample = try Sample()
        for time in [1000, 5000, 3000] as [Int64] { try sample.published("a/\(time)", at: time) }
        let dropped = try sample.begun("b", at: 4000)
        let reader = try sample.reader()
        for query in [HistoryQuery(), HistoryQuery(isReversed: true), HistoryQuery(models: ["a*"], limit: 2)] {
            #expect(try reader.numbers(of: query) == (try reader.history(query).map(\.run)))
        }
        let numbers = try reader.numbers(of: HistoryQuery())
        #expect(numbers == [2, 4, 3, 1])
        try sample.writer.drop(dropped, message: "changed")
        #expect(try reader.runs(numbers).map(\.run) == [2, 3, 1])
    }

    @Test("the results of a model come in their order, the latest of them, without what failed or runs")
    func results() throws {
        let sample = try Sample()
        let first = try sample.published("a")
        try sample.failed("a")
        try sample.published("b")
        let second = try sample.published("a")
        let third = try sample.begun("a")
        try sample.writer.finish(third, .rejected(message: "cosine"))
        _ = try sample.begun("a")
        let reader = try sample.reader()
        #expect(try reader.results(of: "a", limit: nil).map(\.run) == [first, second, third])
        #expect(try reader.results(of: "a", limit: 2).map(\.run) == [second, third])
        #expect(try reader.results(of: "nobody", limit: 2).isEmpty)
    }

    // MARK: Following

    @Test("a follower is told of new runs and of new statuses, each once")
    func following() throws {
        let sample = try Sample()
        try sample.published("old")
        let open = try sample.begun("open")
        let reader = try sample.reader()
        var mark = try reader.mark()
        func news(_ query: HistoryQuery = HistoryQuery()) throws -> [String] {
            let news = try reader.history(query, since: mark)
            mark = news.mark
            return news.runs.map { "\($0.run) \($0.status.rawValue)" }
        }
        #expect(try news() == [])
        try sample.writer.finish(open, .failed(message: "bad"))
        let queued = try sample.writer.enqueue(.sample("q"), trigger: .watch)
        #expect(Set(try news()) == ["\(open) failed", "\(queued) queued"])
        #expect(try news() == [])
        try sample.writer.begin(queued, with: .sample)
        #expect(try news() == ["\(queued) running"])
        try sample.writer.pause(queued)
        #expect(try news() == ["\(queued) queued"])
        // One that was dropped is gone, and tells nothing.
        try sample.writer.drop(queued, message: "changed")
        let whole = try sample.published("quick")
        #expect(try news() == ["\(whole) published"])
        let other = try sample.failed("other")
        try sample.published("other")
        #expect(try news(HistoryQuery(statuses: [.failed])) == ["\(other) failed"])
    }

    @Test("a follower is told of a run whose clock has jumped back")
    func clock() throws {
        let sample = try Sample()
        try sample.published("a", at: 1_000_000)
        let reader = try sample.reader()
        let mark = try reader.mark()
        let run = try sample.published("a", at: 5)
        #expect(try reader.history(HistoryQuery(), since: mark).runs.map(\.run) == [run])
    }

    @Test("another ledger in the place of the one that was followed is told from its beginning")
    func otherLedger() throws {
        let before = try Sample()
        try before.published("a")
        try before.published("a")
        let mark = try before.reader().mark()
        let after = try Sample()
        try after.published("b")
        #expect(try after.reader().history(HistoryQuery(), since: mark).runs.map(\.model) == ["b"])
    }
}
