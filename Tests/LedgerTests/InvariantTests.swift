import GRDB
import SystemPackage
import TestSupport
import Testing
import Vocabulary

@testable import Ledger

/// The schema itself refuses, whatever program writes.
@Suite("Invariants in the schema")
struct InvariantTests {
    /// A ledger with run 1 queued (q), 2 running (r), 3 published (p), 4 failed (f).
    private func sample() throws -> Sample {
        let sample = try Sample()
        _ = try sample.writer.enqueue(.sample("q"), trigger: .watch, at: 1)
        _ = try sample.begun("r")
        try sample.published("p")
        try sample.failed("f")
        return sample
    }

    /// SQL, and a piece of SQLite's message by which it is refused.
    static let refusals: [(String, String)] = [
        // What is not among the words.
        ("UPDATE run SET status = 'done' WHERE id = 2", "CHECK constraint failed"),
        ("UPDATE run SET trigger = 'cron' WHERE id = 2", "CHECK constraint failed"),
        ("UPDATE run SET float_storage = 'fp8' WHERE id = 2", "CHECK constraint failed"),
        ("UPDATE run SET settings = '{' WHERE id = 2", "CHECK constraint failed"),
        ("UPDATE run SET settings_sha256 = 'abc' WHERE id = 2", "CHECK constraint failed"),
        ("UPDATE run SET layers = 'many' WHERE id = 2", "cannot store TEXT value in INTEGER column run.layers"),
        ("UPDATE run SET layers = 1, int8_layers = 2 WHERE id = 2", "CHECK constraint failed"),
        // What would contradict itself.
        ("UPDATE run SET status = 'failed', message = 'x' WHERE id = 2", "CHECK constraint failed"),
        ("UPDATE run SET finished_at = 5 WHERE id = 2", "CHECK constraint failed"),
        ("UPDATE run SET status = 'failed', finished_at = 5 WHERE id = 2", "CHECK constraint failed"),
        ("UPDATE run SET status = 'failed', finished_at = 5, message = '' WHERE id = 2", "CHECK constraint failed"),
        ("UPDATE run SET status = 'rejected', finished_at = 5, message = 'x' WHERE id = 2", "CHECK constraint failed"),
        (
            "UPDATE run SET status = 'rejected', finished_at = 5, message = 'x', verdict = 'PASSED' WHERE id = 2",
            "CHECK constraint failed"
        ),
        ("UPDATE run SET verdict = 'PASSED' WHERE id = 2", "CHECK constraint failed"),
        ("UPDATE run SET folder = '/out' WHERE id = 2", "CHECK constraint failed"),
        ("UPDATE run SET cached_from = 1 WHERE id = 2", "a cached run names a published one"),
        ("UPDATE run SET cached_from = 99 WHERE id = 2", "a cached run names a published one"),
        ("UPDATE run SET settings = NULL WHERE id = 2", "CHECK constraint failed"),
        ("UPDATE run SET status = 'queued' WHERE id = 2", "CHECK constraint failed"),
        ("UPDATE run SET status = 'running', started_at = 1 WHERE id = 1", "CHECK constraint failed"),
        ("UPDATE run SET attempts = 0 WHERE id = 2", "attempts only count up"),
        (
            "UPDATE run SET status = 'published', finished_at = 5, folder = '/o' WHERE id = 2",
            "a result knows the content"
        ),
        // The order of a run's life.
        (
            "UPDATE run SET status = 'rejected', finished_at = 5, message = 'x', verdict = 'FAILED' WHERE id = 1",
            "a run runs before it ends"
        ),
        ("UPDATE run SET model = 'other' WHERE id = 2", "a run keeps its number, model and time"),
        ("UPDATE run SET id = 99 WHERE id = 2", "a run keeps its number, model and time"),
        // What has ended.
        ("UPDATE run SET message = 'nicer' WHERE id = 4", "a run that has ended never changes"),
        ("UPDATE run SET status = 'queued', finished_at = NULL WHERE id = 4", "a run that has ended never changes"),
        ("DELETE FROM run WHERE id = 3", "a run that has ended is never removed"),
        (
            "INSERT OR REPLACE INTO run (id, uuid, model, trigger, status, queued_at) SELECT 3, hex(randomblob(18)), 'p', 'watch', 'queued', 1",
            "a run number is given once"
        ),
        (
            "INSERT OR REPLACE INTO run (uuid, model, trigger, status, queued_at) SELECT uuid, 'p', 'watch', 'queued', 1 FROM run WHERE id = 3",
            "a run number is given once"
        ),
        ("UPDATE run_io SET path = '/elsewhere' WHERE run = 3", "a run that has ended never changes"),
        ("DELETE FROM run_io WHERE run = 3", "a run that has ended never changes"),
        ("INSERT INTO run_io (run, role, path) VALUES (3, 'settings', '/x')", "a run that has ended never changes"),
        ("UPDATE layer SET sqnr_db = 99 WHERE run = 3", "the line of a layer never changes"),
        (
            "INSERT INTO layer (run, idx, name, type, decision, storage_before, storage_after, bytes_before, bytes_after, weight_count, dead_channels) VALUES (3, 9, 'x', 'X', 'int8', '', '', 0, 0, 0, 0)",
            "a run that has ended never changes"
        ),
        ("UPDATE metric SET value_int8 = 1 WHERE run = 3", "a metric never changes"),
        ("INSERT INTO metric (run, type, n, value_int8) VALUES (3, 'x', 1, 1)", "a run that has ended never changes"),
        // What is pruned.
        ("DELETE FROM layer WHERE run = 3", "the layers of a run stay until it is pruned"),
        ("DELETE FROM metric WHERE run = 3", "the metrics of a run that has ended stay"),
        ("UPDATE run SET pruned_at = 9 WHERE id = 3", "the latest result of a model is never pruned"),
        ("UPDATE run SET pruned_at = 9 WHERE id = 1", "CHECK constraint failed"),
        ("UPDATE run SET pruned_at = 9 WHERE id = 2", "CHECK constraint failed"),
        ("UPDATE run SET pruned_at = 9 WHERE id = 4", "CHECK constraint failed"),
        // Birth.
        (
            "INSERT INTO run (uuid, model, trigger, status, queued_at, started_at, attempts) SELECT hex(randomblob(18)), 'm', 'watch', 'running', 1, 1, 1",
            "a run is born queued"
        ),
        ("INSERT INTO run (uuid, model, trigger, status, queued_at) VALUES ('x', 'm', 'watch', 'queued', 1)", "CHECK"),
        (
            "INSERT INTO run (uuid, model, trigger, status, queued_at) SELECT hex(randomblob(18)), '', 'watch', 'queued', 1",
            "CHECK"
        ),
        // Files.
        ("INSERT INTO artifact VALUES ('ABC', 1)", "CHECK constraint failed"),
        ("INSERT INTO artifact VALUES (replace(hex(zeroblob(32)), '0', 'A'), 1)", "CHECK constraint failed"),
        ("INSERT INTO artifact VALUES (replace(hex(zeroblob(32)), '0', 'a'), -1)", "CHECK constraint failed"),
        ("INSERT INTO artifact SELECT * FROM artifact LIMIT 1", "UNIQUE constraint failed"),
        ("INSERT INTO run_io (run, role, path) VALUES (2, 'log', '/x')", "CHECK constraint failed"),
        ("INSERT INTO run_io (run, role, path) VALUES (2, 'int8.bin', '/x')", "CHECK constraint failed"),
        ("INSERT INTO run_io (run, role, path) VALUES (2, 'bin', '/x')", "UNIQUE constraint failed"),
        ("INSERT INTO run_io (run, role, path) VALUES (99, 'bin', '/x')", "FOREIGN KEY constraint failed"),
        ("INSERT INTO run_io (run, role, path, device) VALUES (2, 'settings', '/x', 1)", "CHECK constraint failed"),
        (
            "INSERT INTO run_io (run, role, path, sha256) VALUES (2, 'settings', '/x', replace(hex(zeroblob(32)), '0', 'b'))",
            "FOREIGN KEY constraint failed"
        ),
        // Layers and metrics.
        (layer("decision", "'maybe'"), "CHECK constraint failed"),
        (layer("decision", "'float'"), "CHECK constraint failed"),
        (layer("reason_code, reason", "'excluded', 'x'"), "CHECK constraint failed"),
        (layer("clipped_fraction", "1.5"), "CHECK constraint failed"),
        (layer("scale_min, scale_max", "2.0, 1.0"), "CHECK constraint failed"),
        (layer("scale_min", "2.0"), "CHECK constraint failed"),
        (layer("notes", "'['"), "CHECK constraint failed"),
        (layer("bytes_before", "-1"), "CHECK constraint failed"),
        ("INSERT INTO metric (run, type, n) VALUES (2, 'top1', 0)", "CHECK constraint failed"),
        ("INSERT INTO metric (run, type, n, value_float) VALUES (2, 'top1', 0, 0.5)", "CHECK constraint failed"),
        (
            "INSERT INTO metric (run, type, n, value_int8, ci_low, ci_high) VALUES (2, 'top1', 1, 1, 2, 1)",
            "CHECK constraint failed"
        ),
        ("INSERT INTO metric (run, type, n, value_int8, ci_low) VALUES (2, 'x', 1, 1, 2)", "CHECK constraint failed"),
        ("INSERT INTO metric (run, type, n, value_int8, delta) VALUES (2, 'x', 1, 1, 2)", "generated column"),
        // The rest.
        ("INSERT INTO event (run, at, kind, message) VALUES (99, 1, 'x', '')", "FOREIGN KEY constraint failed"),
        ("INSERT INTO event (at, kind, message, request) VALUES (1, 'x', '', 'me')", "CHECK constraint failed"),
        ("INSERT INTO waiting VALUES ('m', 1, 'no-table', '')", "CHECK constraint failed"),
        ("INSERT INTO progress VALUES (2, '', 1, 1, 1)", "CHECK constraint failed"),
        ("INSERT INTO progress VALUES (2, 'x', -1, 1, 1)", "CHECK constraint failed"),
        ("INSERT INTO progress VALUES (99, 'x', 1, 1, 1)", "FOREIGN KEY constraint failed"),
        ("INSERT INTO waiting VALUES ('m', 'now', 'no-table', 'x')", "cannot store TEXT value in INTEGER column"),
        (daemon(2, "'inotify', NULL"), "CHECK constraint failed"),
        (daemon(1, "'degraded', NULL"), "CHECK constraint failed"),
        (daemon(1, "'kqueue', NULL"), "CHECK constraint failed"),
    ]

    /// A line of a layer of the running run, with these columns set, the decision `int8` where it is not among them.
    private static func layer(_ columns: String, _ values: String) -> String {
        var all = ["idx": "0", "name": "'x'", "type": "'X'", "decision": "'int8'", "storage_before": "''"]
        all.merge(
            ["storage_after": "''", "bytes_before": "0", "bytes_after": "0", "weight_count": "0", "dead_channels": "0"]
        ) { $1 }
        let names = columns.split(separator: ",").map { $0.trimmingPrefix(" ") }
        for name in names { all[String(name)] = nil }
        let rest = all.sorted { $0.key < $1.key }
        return """
            INSERT INTO layer (run, \(rest.map(\.key).joined(separator: ", ")), \(columns))
            VALUES (2, \(rest.map(\.value).joined(separator: ", ")), \(values))
            """
    }

    private static func daemon(_ id: Int, _ mode: String) -> String {
        """
        INSERT INTO daemon (id, pid, version, started_at, heartbeat_at, models_folder, output_folder, watch_mode,
            watch_clause) VALUES (\(id), 1, 'v', 1, 1, '/m', '/o', \(mode))
        """
    }

    @Test("what would break an invariant is refused, by SQL too", arguments: refusals)
    func refused(sql: String, because: String) throws {
        let sample = try sample()
        let error = #expect(throws: DatabaseError.self) { try sample.sql(sql) }
        #expect(error?.message?.contains(because) == true, "\(String(describing: error?.message))")
    }

    @Test("the same statements with values that hold are taken, so that the refusals above are for their own reason")
    func accepted() throws {
        let sample = try sample()
        try sample.sql(Self.layer("decision", "'int8'"))
        try sample.sql(Self.layer("idx, decision, reason_code, reason", "1, 'float', 'excluded', 'x'"))
        try sample.sql(Self.layer("idx, scale_min, scale_max", "2, 1.0, 2.0"))
        try sample.sql("INSERT INTO metric (run, type, n, reason) VALUES (2, 'top1', 0, 'no labels')")
        try sample.sql("INSERT INTO run_io (run, role, path) VALUES (2, 'settings', '/x')")
        try sample.sql("INSERT INTO artifact VALUES (replace(hex(zeroblob(32)), '0', 'a'), 1)")
        try sample.sql("INSERT INTO waiting VALUES ('m', 1, 'no-table', 'x')")
        try sample.sql("INSERT INTO progress VALUES (2, 'x', 1, 1, 1)")
        try sample.sql(Self.daemon(1, "'degraded', 'x'"))
        try sample.sql("UPDATE run SET status = 'queued', started_at = NULL WHERE id = 2")
        try sample.sql("UPDATE run SET status = 'failed', finished_at = 5, message = 'x' WHERE id = 1")
        try sample.sql("DELETE FROM run WHERE id = 2")
        try sample.published("p")
        try sample.sql("UPDATE run SET pruned_at = 9 WHERE id = 3")
        try sample.sql("DELETE FROM layer WHERE run = 3")
        #expect(try sample.writer.check().isSound)
    }

    @Test("no column of a run that has ended changes, but for the time at which it is pruned, which is set once")
    func endedColumns() throws {
        let sample = try sample()
        try sample.published("p")
        let columns = try sample.writer.connection.read {
            try String.fetchAll($0, sql: "SELECT name FROM pragma_table_info('run')")
        }
        #expect(columns.contains("pruned_at") && columns.count > 20)
        for column in columns where column != "pruned_at" {
            let error = #expect(throws: DatabaseError.self, "\(column)") {
                try sample.sql("UPDATE run SET \(column) = \(column) WHERE id = 3")
            }
            #expect(error?.message == "a run that has ended never changes", "\(column)")
        }
        try sample.sql("UPDATE run SET pruned_at = 9 WHERE id = 3")
        for value in ["10", "NULL", "9"] {
            let error = #expect(throws: DatabaseError.self) {
                try sample.sql("UPDATE run SET pruned_at = \(value) WHERE id = 3")
            }
            #expect(error?.message == "a run is pruned once")
        }
    }

    @Test("a request is answered once")
    func requests() throws {
        let sample = try Sample()
        let request = "0b5e8f0e-6c1f-4b57-9a5c-1d1d8a0a7f11"
        #expect(try sample.writer.answer(to: request) == nil)
        let run = try sample.writer.enqueue(.sample("a"), trigger: .retry, request: request, at: 5)
        let answer = LedgerEvent(
            run: run, model: "a", at: 5, kind: LedgerEvent.done, message: "queued as run 1", request: request)
        #expect(try sample.reader().answer(to: request) == answer)
        let again = #expect(throws: LedgerError.self) { try sample.writer.record(answer) }
        #expect(again?.reason == .refused)
        #expect(throws: LedgerError.self) {
            try sample.writer.enqueue(.sample("b"), trigger: .retry, request: request)
        }
        // The run and its answer are there both or neither.
        #expect(try sample.reader().history().count == 1)
    }

    @Test("every word of the code is a word of the schema")
    func words() throws {
        let sample = try Sample()
        for trigger in RunTrigger.allCases {
            _ = try sample.writer.enqueue(.sample("m-\(trigger)"), trigger: trigger)
        }
        for mode in WatchMode.allCases {
            var state = DaemonState.sample
            state.watchMode = mode
            try sample.writer.setDaemon(state)
        }
        let run = try sample.begun()
        for role in ArtifactRole.allCases where !role.isInput || role == .settings {
            try sample.sql("INSERT OR IGNORE INTO artifact VALUES (?, 1)", [ArtifactDigest.sample(1).hex])
            try sample.sql(
                "INSERT INTO run_io (run, role, path, sha256) VALUES (?, ?, '/x', ?)",
                [run, role.rawValue, ArtifactDigest.sample(1).hex])
            let direction = try sample.writer.connection.read {
                try String.fetchOne(
                    $0, sql: "SELECT direction FROM run_io WHERE run = ? AND role = ?", arguments: [run, role.rawValue])
            }
            #expect(direction == (role.isInput ? "input" : "output"))
        }
    }

    @Test("the delta is int8 minus float, and is computed by SQLite")
    func delta() throws {
        let sample = try sample()
        let deltas = try sample.writer.connection.read {
            try Row.fetchAll($0, sql: "SELECT type, delta FROM metric WHERE run = 3 ORDER BY type").map {
                ($0["type"] as String, $0["delta"] as Double?)
            }
        }
        #expect(deltas.map(\.0) == ["cosine", "top1", "top5"])
        #expect(deltas.map(\.1) == [nil, -0.25, nil])
    }
}
