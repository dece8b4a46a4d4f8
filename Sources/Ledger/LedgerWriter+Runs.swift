import Foundation
import GRDB
public import Vocabulary

extension LedgerWriter {
    /// Notes that a triple is to be run, and gives the run its number. Its model waits no more.
    ///
    /// - Parameter request: the request that is answered by this, a UUID; the run and the answer are there both or neither.
    public func enqueue(
        _ triple: Triple, trigger: RunTrigger, request: String? = nil, at time: Timestamp = .now
    ) throws(LedgerError) -> Int {
        try connection.write { db in
            try db.execute(
                often: "INSERT INTO run (uuid, model, trigger, status, queued_at) VALUES (?, ?, ?, 'queued', ?)",
                arguments: [
                    UUID().uuidString.lowercased(), triple.name.text, trigger.rawValue, time.microseconds,
                ])
            let run = Int(db.lastInsertedRowID)
            try db.execute(often: "DELETE FROM waiting WHERE model = ?", arguments: [triple.name.text])
            for (role, file) in triple.roles {
                try db.execute(
                    often: """
                        INSERT INTO run_io (run, role, path, device, inode, size, modified_ns, changed_ns)
                        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                        """,
                    arguments: [run, role.rawValue, PathText.text(of: file.path)]
                        + StatementArguments(file.identity.columns))
            }
            if let request {
                let answer = LedgerEvent(
                    run: run, model: triple.name, at: time, kind: LedgerEvent.done, message: "queued as run \(run)",
                    request: request)
                try Self.insert(answer, db)
            }
            return run
        }
    }

    /// Gives no run a number up to this one any more: published folders bear them, of which a new ledger knows nothing.
    public func skipNumbers(through number: Int) throws(LedgerError) {
        try connection.write { db in
            // The table of AUTOINCREMENT has no key, and no row for a table that never had one (sqlite.org/autoinc.html).
            try db.execute(
                often: """
                    INSERT INTO sqlite_sequence (name, seq) SELECT 'run', 0
                    WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'run')
                    """)
            try db.execute(
                often: "UPDATE sqlite_sequence SET seq = ? WHERE name = 'run' AND seq < ?", arguments: [number, number])
        }
    }

    /// Notes that an attempt at a queued run begins now, *before* it is made: so one that kills the daemon counts too.
    ///
    /// For a run that runs already it notes the recipe only: its daemon lives, was blocked by a full disk or the like,
    /// and goes on with the attempt that is counted.
    ///
    /// - Parameter partial: what is known of the `.bin` so far.
    /// - Returns: How many attempts there were, this one included.
    @discardableResult
    public func begin(
        _ run: Int, with recipe: Recipe, bin partial: PartialDigest? = nil, at time: Timestamp = .now
    ) throws(LedgerError) -> Int {
        try connection.write { db in
            try self.require(run, in: [.queued, .running], db)
            try db.execute(
                often: """
                    UPDATE run SET status = 'running', started_at = coalesce(started_at, ?),
                        attempts = attempts + (status = 'queued'), float_storage = ?, settings = ?,
                        settings_sha256 = ?, builder_version = ?
                    WHERE id = ?
                    """,
                arguments: [
                    time.microseconds, recipe.floatStorage, recipe.settings, recipe.settingsDigest.hex,
                    recipe.builderVersion, run,
                ])
            try db.execute(
                often: "UPDATE run_io SET partial = ? WHERE run = ? AND role = 'bin'",
                arguments: [partial?.rawValue, run])
            return try Int.fetchOne(db.cachedStatement(sql: "SELECT attempts FROM run WHERE id = ?"), arguments: [run])
                ?? 0
        }
    }

    /// Removes a run that has not ended, because its files changed under it; an event says so. Its number is not given
    /// again.
    public func drop(_ run: Int, message: String, at time: Timestamp = .now) throws(LedgerError) {
        try connection.write { db in
            try self.require(run, in: [.queued, .running], db)
            try db.execute(
                often: """
                    INSERT INTO event (model, at, kind, message)
                    SELECT model, ?, 'dropped', 'run ' || id || ': ' || ? FROM run WHERE id = ?
                    """, arguments: [time.microseconds, message, run])
            try db.execute(often: "DELETE FROM run WHERE id = ?", arguments: [run])
        }
    }

    /// Puts a running run back into the queue because the daemon stops in good order: the attempt is nobody's fault.
    public func pause(_ run: Int) throws(LedgerError) {
        try connection.write { db in
            try self.require(run, in: [.queued, .running], db)
            try db.execute(
                often: "UPDATE run SET status = 'queued', started_at = NULL WHERE id = ?", arguments: [run])
        }
    }

    /// Notes that the worker died over a run, and puts the run back into the queue; the attempt stays counted.
    ///
    /// - Returns: How often a worker died over this run.
    public func noteDeath(_ run: Int, message: String, at time: Timestamp = .now) throws(LedgerError) -> Int {
        try connection.write { db in
            try self.require(run, in: [.queued, .running], db)
            try db.execute(
                often: """
                    INSERT INTO event (run, model, at, kind, message)
                    SELECT id, model, ?, 'worker died', ? FROM run WHERE id = ?
                    """, arguments: [time.microseconds, message, run])
            try db.execute(
                often: "UPDATE run SET status = 'queued', started_at = NULL WHERE id = ? AND status = 'running'",
                arguments: [run])
            return try Int.fetchOne(
                db.cachedStatement(sql: "SELECT count(*) FROM event WHERE run = ? AND kind = 'worker died'"),
                arguments: [run]) ?? 0
        }
    }

    /// Queues again what was running when the daemon died; attempts stay counted, and an event says so.
    ///
    /// - Returns: All runs that are queued now, the oldest first.
    public func requeueInterrupted(at time: Timestamp = .now) throws(LedgerError) -> [QueuedRun] {
        try connection.write { db in
            try db.execute(
                often: """
                    INSERT INTO event (run, model, at, kind, message)
                    SELECT id, model, ?, 'interrupted', 'the daemon stopped during attempt ' || attempts
                    FROM run WHERE status = 'running' ORDER BY id
                    """, arguments: [time.microseconds])
            try db.execute(often: "UPDATE run SET status = 'queued', started_at = NULL WHERE status = 'running'")
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT id, model, trigger,
                        (SELECT count(*) FROM event WHERE event.run = run.id AND kind = 'interrupted') AS interruptions
                    FROM run WHERE status = 'queued' ORDER BY id
                    """)
            return try rows.map { row in
                let run: Int = try row.value("id")
                return QueuedRun(
                    run: run, triple: try Self.triple(of: run, try row.model(), db), trigger: try row.word("trigger"),
                    interruptions: try row.value("interruptions"))
            }
        }
    }

    /// Refuses a run that is not there or in another state.
    func require(_ run: Int, in statuses: Set<RunStatus>, _ db: Database) throws {
        let word = try String.fetchOne(db.cachedStatement(sql: "SELECT status FROM run WHERE id = ?"), arguments: [run])
        guard let word else { throw LedgerError(.noSuchRun(run), at: path) }
        guard let status = RunStatus(rawValue: word) else { throw UnknownWord(column: "status", text: word) }
        guard statuses.contains(status) else {
            throw LedgerError(.wrongStatus(run: run, status: status), at: path)
        }
    }

    /// The triple that a run was queued for.
    static func triple(of run: Int, _ model: ModelName, _ db: Database) throws -> Triple {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT role, path, device, inode, size, modified_ns, changed_ns FROM run_io
                WHERE run = ? AND device IS NOT NULL
                """, arguments: [run])
        var files: [ArtifactRole: Triple.File] = [:]
        for row in rows {
            guard let identity = try row.identity() else { continue }
            files[try row.word("role")] = Triple.File(path: try row.path("path"), identity: identity)
        }
        guard let param = files[.param], let bin = files[.bin] else {
            throw UnknownWord(column: "run_io.role of run \(run)", text: "neither param nor bin")
        }
        return Triple(name: model, param: param, bin: bin, table: files[.table], settings: files[.settings])
    }
}

extension Triple {
    /// The files that are there with their roles.
    fileprivate var roles: [(ArtifactRole, File)] {
        let all: [(ArtifactRole, File?)] = [(.param, param), (.bin, bin), (.table, table), (.settings, settings)]
        return all.compactMap { role, file in file.map { (role, $0) } }
    }
}
