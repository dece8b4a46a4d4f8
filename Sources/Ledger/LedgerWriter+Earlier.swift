import GRDB
public import Vocabulary

/// An earlier run whose result can be published again.
public struct EarlierResult: Hashable, Sendable {
    /// The run that computed it.
    public let run: Int
    /// The latest run of the model that asks, where it has this very result.
    public let latestOfModel: Int?
    /// The int8 twin's files.
    public let files: [RunArtifact]
}

extension LedgerWriter {
    /// The result of the latest published run that was made of these contents with this recipe.
    ///
    /// - Parameters:
    ///   - table: nil for a run without a calibration table; it is not the same as one with any.
    ///   - model: the model that asks.
    public func earlierResult(
        param: ArtifactDigest, partial: PartialDigest, bin: ArtifactDigest, table: ArtifactDigest?, recipe: Recipe,
        for model: ModelName
    ) throws(LedgerError) -> EarlierResult? {
        guard
            let run = try cachedRun(param: param, partial: partial, bin: bin, table: table, recipe: recipe)
        else { return nil }
        return try connection.read { db in
            let latest = try Row.fetchOne(
                db,
                sql: """
                    SELECT id, coalesce(cached_from, id) AS result FROM run
                    WHERE model = ? AND finished_at IS NOT NULL ORDER BY id DESC LIMIT 1
                    """, arguments: [model.text])
            let hasIt = try latest.map { try $0.value("result") == run } ?? false
            let files = try LedgerReader.artifacts(of: run, db).filter { [.int8Param, .int8Bin].contains($0.role) }
            return EarlierResult(run: run, latestOfModel: hasIt ? try latest?.value("id") : nil, files: files)
        }
    }
}

extension LedgerWriter {
    /// How many runs there are with each status; none is 0.
    public func runCounts() throws(LedgerError) -> [RunStatus: Int] {
        try connection.read { try LedgerReader.counts($0) }
    }

    /// The runs that have not ended, with their models.
    public func openRuns() throws(LedgerError) -> [Int: ModelName] {
        try connection.read { db in
            let rows = try Row.fetchAll(db, sql: "SELECT id, model FROM run WHERE status IN ('queued', 'running')")
            var models: [Int: ModelName] = [:]
            for row in rows { models[try row.value("id")] = try row.model() }
            return models
        }
    }
}
