import GRDB
public import Vocabulary

extension LedgerWriter {
    /// For each model the triple that came to an end last, so that it is not run again after a restart.
    public func knownTriples() throws(LedgerError) -> [KnownTriple] {
        try connection.read { db in
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT id, model, status, settings_sha256, builder_version FROM run
                    WHERE id IN (SELECT max(id) FROM run WHERE finished_at IS NOT NULL GROUP BY model)
                    ORDER BY model
                    """)
            return try rows.map { row in
                let run: Int = try row.value("id")
                return KnownTriple(
                    triple: try Self.triple(of: run, try row.model(), db), run: run, status: try row.word("status"),
                    settingsDigest: try row.digest("settings_sha256"),
                    builderVersion: try row.optional("builder_version"))
            }
        }
    }

    /// The latest published run that was made of these contents with this recipe, whatever its model is called.
    ///
    /// - Parameter table: nil for a run without a calibration table; it is not the same as one with any.
    public func cachedRun(
        param: ArtifactDigest, bin: ArtifactDigest, table: ArtifactDigest?, recipe: Recipe
    ) throws(LedgerError) -> Int? {
        try cachedRun(Self.cachedRunSQL(bin: "sha256"), param, bin.hex, table, recipe)
    }

    /// Whether `cachedRun` may find one, as far as that can be said before the whole `.bin` was read.
    public func mayHaveCachedRun(
        param: ArtifactDigest, bin: PartialDigest, table: ArtifactDigest?, recipe: Recipe
    ) throws(LedgerError) -> Bool {
        try cachedRun(Self.cachedRunSQL(bin: "partial"), param, bin.rawValue, table, recipe) != nil
    }

    private func cachedRun(
        _ sql: String, _ param: ArtifactDigest, _ bin: any DatabaseValueConvertible, _ table: ArtifactDigest?,
        _ recipe: Recipe
    ) throws(LedgerError) -> Int? {
        try connection.read { db in
            try Int.fetchOne(
                db.cachedStatement(sql: sql),
                arguments: [
                    "param": param.hex, "bin": bin, "table": table?.hex, "settings": recipe.settingsDigest.hex,
                    "version": recipe.builderVersion,
                ])
        }
    }

    /// From the latest run with this very `.bin` back, which the index does without sorting; CROSS JOIN keeps SQLite from starting
    /// anywhere else. A cached run leads to the one that computed, so that however many copies of a model there are, one is read.
    ///
    /// - Parameter column: by what the `.bin` is known.
    static func cachedRunSQL(bin column: String) -> String {
        """
        SELECT coalesce(run.cached_from, run.id) FROM run_io AS bin CROSS JOIN run ON run.id = bin.run
        WHERE bin.\(column) = :bin AND bin.role = 'bin' AND run.status IN ('published', 'cached')
            AND run.settings_sha256 = :settings AND run.builder_version = :version
            AND (SELECT sha256 FROM run_io WHERE run = bin.run AND role = 'param') = :param
            AND (SELECT sha256 FROM run_io WHERE run = bin.run AND role = 'table') IS :table
        ORDER BY bin.run DESC LIMIT 1
        """
    }

    /// The runs whose result lies in the output folder, with their models.
    public func publishedRuns() throws(LedgerError) -> [Int: ModelName] {
        try connection.read { db in
            let rows = try Row.fetchAll(db, sql: "SELECT id, model FROM run WHERE status IN ('published', 'cached')")
            var models: [Int: ModelName] = [:]
            for row in rows { models[try row.value("id")] = try row.model() }
            return models
        }
    }
}
