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
    /// - Parameters:
    ///   - bin: nil where only the partial digest of the `.bin` is known yet; then there may be such a run.
    ///   - table: nil for a run without a calibration table; it is not the same as one with any.
    public func cachedRun(
        param: ArtifactDigest, partial: PartialDigest, bin: ArtifactDigest?, table: ArtifactDigest?, recipe: Recipe
    ) throws(LedgerError) -> Int? {
        try connection.read { db in
            try Int.fetchOne(
                db.cachedStatement(sql: Self.cachedRunSQL),
                arguments: [
                    "param": param.hex, "partial": partial.rawValue, "bin": bin?.hex, "table": table?.hex,
                    "settings": recipe.settingsDigest.hex, "version": recipe.builderVersion,
                ])
        }
    }

    /// From the latest of the few runs that computed from such a `.bin` back, which the index does without sorting: copies of their
    /// results are not in it. CROSS JOIN keeps SQLite from starting anywhere else.
    static let cachedRunSQL = """
        SELECT run.id FROM run_io AS bin CROSS JOIN run ON run.id = bin.run
        WHERE bin.partial = :partial AND bin.role = 'bin' AND (:bin IS NULL OR bin.sha256 = :bin)
            AND run.status = 'published' AND run.settings_sha256 = :settings AND run.builder_version = :version
            AND (SELECT sha256 FROM run_io WHERE run = bin.run AND role = 'param') = :param
            AND (SELECT sha256 FROM run_io WHERE run = bin.run AND role = 'table') IS :table
        ORDER BY bin.run DESC LIMIT 1
        """

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
