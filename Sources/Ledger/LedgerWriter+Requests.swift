import GRDB
public import Vocabulary

extension LedgerEvent {
    /// The kind of an answer: what was asked was done.
    public static let done = "request-done"
    /// The kind of an answer: what was asked was not done, or not all of it; the message says why.
    public static let refused = "request-refused"
}

extension LedgerWriter {
    /// The answer that a request has got; nil where it has none.
    public func answer(to request: String) throws(LedgerError) -> LedgerEvent? {
        try connection.read { try LedgerReader.answer(to: request, $0) }
    }

    /// All that the ledger knows of a run, beside its layers and metrics.
    public func detail(of run: Int) throws(LedgerError) -> RunDetail {
        let detail = try connection.read { db in
            try LedgerReader.summary(.number(run), db).flatMap { try LedgerReader.detail($0, db) }
        }
        guard let detail else { throw LedgerError(.noSuchRun(run), at: path) }
        return detail
    }

    /// The metrics of a run; for a cached run without its own those of the run that computed.
    public func metrics(of run: Int) throws(LedgerError) -> [MetricRecord] {
        try connection.read { try LedgerReader.metrics(of: run, $0) }
    }

    /// Calls `body` for each model that fits a pattern with its runs that have something to prune, the latest first.
    public func eachPrunable(
        of pattern: String? = nil, _ body: (ModelName, [PrunableRun]) throws -> Void
    ) throws {
        try connection.eachPrunable(of: pattern, body)
    }

    /// Notes that a run's folder is to go, and removes the lines of layers that no run shows any more.
    ///
    /// The schema refuses it for runs that have not ended, were pruned before, or are the last result of their model.
    public func prune(_ run: Int, at time: Timestamp = .now) throws(LedgerError) {
        try connection.write { db in
            try self.require(run, in: [.published, .rejected, .cached], db)
            try db.execute(sql: "UPDATE run SET pruned_at = ? WHERE id = ?", arguments: [time.microseconds, run])
            // Where this was the last run to show the layers of another, which was pruned before, those go now.
            try db.execute(
                sql: """
                    DELETE FROM layer WHERE run IN (:run, (SELECT cached_from FROM run WHERE id = :run))
                        AND (SELECT pruned_at FROM run WHERE id = layer.run) IS NOT NULL
                        AND NOT EXISTS (SELECT 1 FROM run WHERE cached_from = layer.run AND pruned_at IS NULL)
                    """, arguments: ["run": run])
        }
    }

    static let prunedSQL = "SELECT id, model FROM run WHERE pruned_at IS NOT NULL"

    /// The runs that were pruned, with their models.
    public func prunedRuns() throws(LedgerError) -> [Int: ModelName] {
        try connection.read { db in
            var models: [Int: ModelName] = [:]
            for row in try Row.fetchAll(db, sql: Self.prunedSQL) {
                models[try row.value("id")] = try row.model()
            }
            return models
        }
    }
}
