import GRDB
public import SystemPackage
public import Vocabulary

extension LedgerReader {
    /// How many runs there are with each status; none is 0.
    static func counts(_ db: Database) throws -> [RunStatus: Int] {
        var counts = Dictionary(uniqueKeysWithValues: RunStatus.allCases.map { ($0, 0) })
        for row in try Row.fetchAll(db, sql: "SELECT status, runs FROM run_count") {
            counts[try row.word("status")] = try row.value("runs")
        }
        return counts
    }

    /// How everything stands now.
    public func status() throws(LedgerError) -> StatusAnswer {
        try connection.read { db in
            let counts = try Self.counts(db)
            return StatusAnswer(
                daemon: try Row.fetchOne(db, sql: "SELECT * FROM daemon").map { try DaemonState($0) },
                waiting: try Row.fetchAll(db, sql: "SELECT * FROM waiting ORDER BY model").map { try WaitingRow($0) },
                running: try Self.runs(db, "WHERE status = 'running' AND verdict IS NULL ORDER BY at, id"),
                progress: try Self.progress(db), queued: counts[.queued] ?? 0,
                lastFailed: try Self.runs(
                    db, "WHERE status = 'failed' AND verdict IS NULL ORDER BY at DESC, id DESC LIMIT 1"
                ).first,
                counts: counts)
        }
    }

    private static func progress(_ db: Database) throws -> [Int: RunProgress] {
        var progress: [Int: RunProgress] = [:]
        for row in try Row.fetchAll(db, sql: "SELECT run, step, done, total, at FROM progress") {
            progress[try row.value("run")] = RunProgress(
                step: try row.value("step"), done: try row.value("done"), total: try row.value("total"),
                at: try row.time("at"))
        }
        return progress
    }

    /// The run that someone names; nil where there is none, or where the number is one of another model.
    public func run(_ reference: RunReference) throws(LedgerError) -> RunDetail? {
        try connection.read { db in try Self.summary(reference, db).flatMap { try Self.detail($0, db) } }
    }

    /// The lines of a run's layers, in the order of the `.param`; for a cached run those of the run that computed.
    public func layers(of run: Int) throws(LedgerError) -> [LayerReport] {
        try connection.read { db in
            try Row.fetchAll(
                db.cachedStatement(sql: "SELECT * FROM layer WHERE run = \(Self.computing) ORDER BY idx"),
                arguments: ["run": run]
            ).map { try LayerReport($0) }
        }
    }

    /// The metrics of a run; for a cached run without its own those of the run that computed.
    public func metrics(of run: Int) throws(LedgerError) -> [MetricRecord] {
        try connection.read { try Self.metrics(of: run, $0) }
    }

    /// What a run read and made, inputs first.
    public func artifacts(of run: Int) throws(LedgerError) -> [RunArtifact] {
        try connection.read { try Self.artifacts(of: run, $0) }
    }

    /// The runs that read or made a content, the latest first: which model is this file?
    public func uses(of digest: ArtifactDigest) throws(LedgerError) -> [ArtifactUse] {
        try connection.read { db in
            try Row.fetchAll(
                db, sql: "SELECT \(RunSummary.columns), run_io.role, run_io.path FROM \(Self.usesClauses)",
                arguments: [digest.hex]
            ).map { ArtifactUse(run: try RunSummary($0), role: try $0.word("role"), path: try $0.path("path")) }
        }
    }

    static let usesClauses = """
        run_io JOIN run ON run.id = run_io.run WHERE run_io.sha256 = ? ORDER BY run.id DESC, run_io.role
        """

    /// Where and when a content was seen, the latest first.
    public func sightings(of digest: ArtifactDigest) throws(LedgerError) -> [Sighting] {
        try sightings("artifact_seen.sha256 = ?", digest.hex)
    }

    /// Which contents were seen at a path, the latest first.
    public func sightings(at path: FilePath) throws(LedgerError) -> [Sighting] {
        try sightings("artifact_seen.path = ?", PathText.text(of: path))
    }

    /// The latest events, the latest last.
    public func events(latest limit: Int) throws(LedgerError) -> [LedgerEvent] {
        try connection.read { db in
            try Row.fetchAll(
                db, sql: "SELECT \(LedgerEvent.columns) FROM event ORDER BY id DESC LIMIT ?",
                arguments: [max(0, limit)]
            ).reversed().map { try LedgerEvent($0) }
        }
    }

    // MARK: Parts of answers

    /// The run whose details are those of `:run`: itself, or the one that computed for it.
    private static let computing = "coalesce((SELECT cached_from FROM run WHERE id = :run), :run)"

    static func runs(
        _ db: Database, _ clauses: String, _ arguments: StatementArguments = StatementArguments()
    ) throws -> [RunSummary] {
        try Row.fetchAll(
            db.cachedStatement(sql: "SELECT \(RunSummary.columns) FROM run \(clauses)"), arguments: arguments
        )
        .map { try RunSummary($0) }
    }

    static func runs(_ db: Database, _ question: SQL) throws -> [RunSummary] {
        try SQLRequest<Row>(literal: question).fetchAll(db).map { try RunSummary($0) }
    }

    static func summary(_ reference: RunReference, _ db: Database) throws -> RunSummary? {
        switch reference {
        case .number(let run): try runs(db, "WHERE id = ?", [run]).first
        case .latest(let model): try runs(db, "WHERE model = ? ORDER BY id DESC LIMIT 1", [model.text]).first
        case .before(let model, let steps):
            try runs(db, "WHERE model = ? ORDER BY id DESC LIMIT 1 OFFSET ?", [model.text, steps]).first
        case .numbered(let model, let run): try runs(db, "WHERE id = ? AND model = ?", [run, model.text]).first
        }
    }

    static func detail(_ summary: RunSummary, _ db: Database) throws -> RunDetail? {
        let row = try Row.fetchOne(
            db,
            sql: """
                SELECT uuid, float_storage, settings, settings_sha256, builder_version FROM run WHERE id = ?
                """, arguments: [summary.run])
        guard let row else { return nil }
        var recipe: Recipe?
        if let digest = try row.digest("settings_sha256") {
            recipe = Recipe(
                floatStorage: try row.value("float_storage"), settings: try row.value("settings"),
                settingsDigest: digest, builderVersion: try row.value("builder_version"))
        }
        return RunDetail(
            summary: summary, uuid: try row.value("uuid"), recipe: recipe,
            artifacts: try artifacts(of: summary.run, db),
            events: try Row.fetchAll(
                db, sql: "SELECT \(LedgerEvent.columns) FROM event WHERE run = ? ORDER BY id",
                arguments: [summary.run]
            ).map { try LedgerEvent($0) })
    }

    static func metrics(of run: Int, _ db: Database) throws -> [MetricRecord] {
        func metrics(_ condition: String) throws -> [MetricRecord] {
            try Row.fetchAll(
                db.cachedStatement(sql: "SELECT * FROM metric WHERE run = \(condition) ORDER BY type, slice"),
                arguments: ["run": run]
            ).map { try MetricRecord($0) }
        }
        let own = try metrics(":run")
        return own.isEmpty ? try metrics(computing) : own
    }

    static func artifacts(of run: Int, _ db: Database) throws -> [RunArtifact] {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT run_io.role, run_io.path, run_io.sha256, coalesce(artifact.size, run_io.size) AS bytes
                FROM run_io LEFT JOIN artifact ON artifact.sha256 = run_io.sha256 WHERE run_io.run = ?
                """, arguments: [run])
        let order = Dictionary(uniqueKeysWithValues: ArtifactRole.allCases.enumerated().map { ($1, $0) })
        return try rows.map { row in
            RunArtifact(
                role: try row.word("role"), path: try row.path("path"), digest: try row.digest("sha256"),
                size: try row.value("bytes"))
        }.sorted { (order[$0.role] ?? 0) < (order[$1.role] ?? 0) }
    }

    private func sightings(_ condition: String, _ value: String) throws(LedgerError) -> [Sighting] {
        try connection.read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT path, artifact_seen.sha256, size, first_seen, last_seen
                    FROM artifact_seen JOIN artifact ON artifact.sha256 = artifact_seen.sha256
                    WHERE \(condition) ORDER BY last_seen DESC, path
                    """, arguments: [value]
            ).map { row in
                guard let digest = try row.digest("sha256") else { throw UnknownWord(column: "sha256", text: "NULL") }
                return Sighting(
                    path: try row.path("path"), digest: digest, size: try row.value("size"),
                    firstSeen: try row.time("first_seen"), lastSeen: try row.time("last_seen"))
            }
        }
    }
}
