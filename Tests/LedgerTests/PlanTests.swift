import Foundation
import GRDB
import SystemPackage
import TestSupport
import Testing
import Vocabulary

@testable import Ledger

/// A ledger of a million runs answers as quickly as one of ten: no question reads a large table from end to end.
@Suite("Plans of the questions")
struct PlanTests {
    /// Every question that the reader can be asked, as its commands ask it.
    static let questions: [String: [@Sendable (LedgerReader) throws -> Void]] = [
        "status": [{ _ = try $0.status() }],
        "history": [
            { _ = try $0.history(HistoryQuery(limit: 20)) },
            { _ = try $0.history(HistoryQuery(since: 5, until: 9)) },
            { _ = try $0.history(HistoryQuery(statuses: [.failed], limit: 20)) },
            { _ = try $0.history(HistoryQuery(statuses: [.queued, .published], since: 5, limit: 20)) },
            { _ = try $0.history(HistoryQuery(verdicts: [.warned], limit: 20)) },
            { _ = try $0.history(HistoryQuery(models: ["a"], limit: 20)) },
            { _ = try $0.history(HistoryQuery(models: ["a*", "b"], statuses: [.failed], limit: 20)) },
            { _ = try $0.history(HistoryQuery(models: ["*"], since: 5, limit: 20)) },
            { _ = try $0.history(HistoryQuery(), since: try $0.mark()) },
            { _ = try $0.history(HistoryQuery(models: ["a*"], statuses: [.failed]), since: .beginning) },
        ],
        "numbers": [
            { _ = try $0.numbers(of: HistoryQuery()) },
            { _ = try $0.numbers(of: HistoryQuery(models: ["a*"], limit: 9)) },
        ],
        "runs": [{ _ = try $0.runs([3, 1, 2]) }],
        "results": [{ _ = try $0.results(of: "a", limit: 20) }],
        "mark": [{ _ = try $0.mark() }],
        "run": [
            { _ = try $0.run(.number(1)) }, { _ = try $0.run(.latest("a")) }, { _ = try $0.run(.numbered("a", 1)) },
            { _ = try $0.run(.before("a", 1)) },
        ],
        "layers": [{ _ = try $0.layers(of: 1) }],
        "metrics": [{ _ = try $0.metrics(of: 1) }],
        "artifacts": [{ _ = try $0.artifacts(of: 1) }],
        "uses": [{ _ = try $0.uses(of: .sample(1)) }],
        "sightings": [{ _ = try $0.sightings(of: .sample(1)) }, { _ = try $0.sightings(at: "/a") }],
        "models": [{ _ = try $0.models(beginningWith: "a") }],
        "runNumbers": [{ _ = try $0.runNumbers() }, { _ = try $0.runNumbers(of: "a") }],
        "waiting": [{ _ = try $0.waiting("a") }],
        "eachPrunable": [{ try $0.eachPrunable(of: "a*") { _, _ in } }],
        "daemon": [{ _ = try $0.daemon() }],
        "result": [{ _ = try $0.result(.number(1)) }, { _ = try $0.result(.latest("a")) }],
        "answer": [{ _ = try $0.answer(to: "00000000-0000-0000-0000-000000000000") }],
    ]

    /// What is asked of the whole ledger, or of the file rather than of its tables.
    static let exceptions: Set<String> = [
        "check", "backup", "changes", "events", "ended", "resultCount", "digests",
    ]

    /// The tables that grow with every run.
    static let large = ["run", "layer", "run_io", "metric", "event", "artifact", "artifact_seen"]

    @Test("every question of the reader is one of these")
    func complete() throws {
        let folder = Fixtures.repository.appending("Sources/Ledger").string
        var functions: Set<String> = []
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) where name.hasPrefix("LedgerReader") {
            let text = try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
            functions.formUnion(text.matches(of: #/public func (\w+)/#).map { String($0.1) })
        }
        #expect(functions.count > 10)
        #expect(functions.subtracting(Self.exceptions) == Set(Self.questions.keys))
    }

    @Test("a question reads no large table from end to end", arguments: questions.keys.sorted())
    func plan(question: String) throws {
        let sample = try Sample()
        try sample.published("a")
        try sample.published("a", at: 3000)
        try sample.failed("b")
        let reader = try sample.reader()
        for ask in Self.questions[question, default: []] {
            let statements = Statements()
            try reader.connection.read { db in
                db.trace { if case .statement(let statement) = $0 { statements.add(statement.sql) } }
            }
            try ask(reader)
            try reader.connection.read { $0.trace(options: []) }
            let selects = statements.all.filter { $0.contains("SELECT") }
            #expect(!selects.isEmpty)
            for sql in selects {
                let plan = try plan(of: sql, reader)
                #expect(!plan.contains(where: isScan), "\(sql)\n\(plan.joined(separator: "\n"))")
            }
        }
    }

    @Test("the latest of each status are merged in the order of the index, nothing is sorted")
    func merged() throws {
        let sample = try Sample()
        let reader = try sample.reader()
        for query in [
            HistoryQuery(limit: 20), HistoryQuery(statuses: [.failed, .cached], since: 5, until: 9, limit: 20),
            HistoryQuery(verdicts: [.warned], limit: 20),
        ] {
            let plan = try reader.connection.read { db in
                let (sql, arguments) = try HistoryFilter(query).byState().build(db)
                return try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN " + sql, arguments: arguments)
                    .map { $0["detail"] as String }
            }
            #expect(
                plan.contains { $0.contains("SEARCH run USING INDEX run_by_state (status=? AND verdict=?") }, "\(plan)")
            #expect(!plan.contains { $0.contains("TEMP B-TREE") }, "\(plan)")
        }
    }

    @Test("the writer's own look for an earlier result goes from the latest run back, and ends at the first")
    func earlier() throws {
        let sample = try Sample()
        let plan = try plan(of: LedgerWriter.cachedRunSQL, try sample.reader())
        #expect(plan.contains { $0.contains("run_io_by_partial") }, "\(plan)")
        #expect(!plan.contains(where: isScan), "\(plan)")
        #expect(!plan.contains { $0.contains("TEMP B-TREE") }, "\(plan)")
    }

    private func isScan(_ step: String) -> Bool {
        Self.large.contains { step == "SCAN \($0)" || step.hasPrefix("SCAN \($0) ") }
    }

    private func plan(of sql: String, _ reader: LedgerReader) throws -> [String] {
        try reader.connection.read { db in
            let statement = try db.makeStatement(sql: "EXPLAIN QUERY PLAN " + sql)
            // A plan does not depend on the values; they only have to be there.
            statement.setUncheckedArguments(StatementArguments())
            return try Row.fetchAll(statement).map { $0["detail"] }
        }
    }

    /// The statements of one question.
    private final class Statements: @unchecked Sendable {
        private let lock = NSLock()
        private var statements: [String] = []

        var all: [String] { lock.withLock { statements } }
        func add(_ sql: String) { lock.withLock { statements.append(sql) } }
    }
}
