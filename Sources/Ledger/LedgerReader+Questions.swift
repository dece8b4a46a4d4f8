import GRDB
public import SystemPackage
public import Vocabulary

extension LedgerReader {
    /// How many runs there are with each status; none is 0.
    static func counts(_ db: Database) throws -> [RunStatus: Int] {
        var counts = Dictionary(uniqueKeysWithValues: RunStatus.allCases.map { ($0, 0) })
        for row in try Row.fetchAll(db, sql: "SELECT status, count(*) AS n FROM run GROUP BY status") {
            let status: RunStatus = try row.word("status")
            counts[status] = try row.value("n")
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
                running: try Self.runs(db, "WHERE status = 'running' ORDER BY at, id"),
                queued: counts[.queued] ?? 0,
                lastFailed: try Self.runs(db, "WHERE status = 'failed' ORDER BY at DESC, id DESC LIMIT 1").first,
                counts: counts)
        }
    }

    /// The runs that match, the latest first.
    public func history(_ query: HistoryQuery = HistoryQuery()) throws(LedgerError) -> [RunSummary] {
        let (sql, arguments) = Self.historyClauses(query)
        let runs = try connection.read { try Self.runs($0, sql, arguments) }
        return query.isReversed ? runs.reversed() : runs
    }

    /// What follows `FROM run` in the history's question. Words of enums stand in the text, so that SQLite sees which
    /// index serves; nothing that came from outside does.
    static func historyClauses(_ query: HistoryQuery) -> (sql: String, arguments: StatementArguments) {
        var conditions: [String] = []
        var arguments = StatementArguments()
        func among(_ column: String, _ words: [String]) {
            guard !words.isEmpty else { return }
            conditions.append("\(column) IN (\(words.sorted().map { "'\($0)'" }.joined(separator: ", ")))")
        }
        func compare(_ condition: String, _ value: (any DatabaseValueConvertible)?) {
            guard let value else { return }
            conditions.append(condition)
            arguments += [value]
        }
        among("run.status", query.statuses.map(\.rawValue))
        among("run.verdict", query.verdicts.map(\.rawValue))
        compare("run.model GLOB ?", query.model)
        compare("run.at >= ?", query.since?.microseconds)
        compare("run.at < ?", query.until?.microseconds)
        var sql = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
        sql += " ORDER BY run.at DESC, run.id DESC"
        if let limit = query.limit {
            sql += " LIMIT ?"
            arguments += [max(0, limit)]
        }
        return (sql, arguments)
    }

    /// The run that someone names; nil where there is none, or where the number is one of another model.
    public func run(_ reference: RunReference) throws(LedgerError) -> RunDetail? {
        try connection.read { db in try Self.summary(reference, db).flatMap { try Self.detail($0, db) } }
    }

    /// The lines of a run's layers, in the order of the `.param`; for a cached run those of the run that computed.
    public func layers(of run: Int) throws(LedgerError) -> [LayerReport] {
        try connection.read { db in
            try Row.fetchAll(
                db, sql: "SELECT * FROM layer WHERE run = \(Self.computing) ORDER BY idx", arguments: ["run": run]
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

    // MARK: For completion

    /// The models that ever had a run or wait now, whose names begin so, in order.
    public func models(beginningWith prefix: String = "", limit: Int = 1000) throws(LedgerError) -> [ModelName] {
        try connection.read { db in
            try String.fetchAll(
                db,
                sql: """
                    SELECT model FROM (SELECT DISTINCT model FROM run UNION SELECT model FROM waiting)
                    WHERE substr(model, 1, length(:prefix)) = :prefix ORDER BY model LIMIT :limit
                    """, arguments: ["prefix": prefix, "limit": max(0, limit)]
            ).map { ModelName($0) }
        }
    }

    /// The numbers of the latest runs, of one model or of all, the latest first.
    public func runNumbers(of model: ModelName? = nil, limit: Int = 100) throws(LedgerError) -> [Int] {
        try connection.read { db in
            try Int.fetchAll(
                db,
                sql: "SELECT id FROM run \(model == nil ? "" : "WHERE model = ?") ORDER BY id DESC LIMIT ?",
                arguments: StatementArguments(model.map { [$0.text] } ?? []) + [max(0, limit)])
        }
    }

    // MARK: Parts of answers

    /// The run whose details are those of `:run`: itself, or the one that computed for it.
    private static let computing = "coalesce((SELECT cached_from FROM run WHERE id = :run), :run)"

    static func runs(
        _ db: Database, _ clauses: String, _ arguments: StatementArguments = StatementArguments()
    ) throws -> [RunSummary] {
        try Row.fetchAll(db, sql: "SELECT \(RunSummary.columns) FROM run \(clauses)", arguments: arguments)
            .map { try RunSummary($0) }
    }

    static func summary(_ reference: RunReference, _ db: Database) throws -> RunSummary? {
        switch reference {
        case .number(let run): try runs(db, "WHERE id = ?", [run]).first
        case .latest(let model): try runs(db, "WHERE model = ? ORDER BY id DESC LIMIT 1", [model.text]).first
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
                db, sql: "SELECT * FROM metric WHERE run = \(condition) ORDER BY type, slice", arguments: ["run": run]
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
