import GRDB
import Vocabulary

extension LedgerWriter {
    /// Notes how a run ended and what it found out; after that it never changes.
    ///
    /// A running run may end in any way, a queued one only by failing. For `published` and `cached` the artifacts must
    /// hold param, bin, the table and settings it was queued with, and the int8 twin. The sums over the layers are taken
    /// here; a cached run takes them, and the verdict, from the run that computed.
    public func finish(
        _ run: Int, _ end: RunEnd, _ results: RunResults = RunResults(), at time: Timestamp = .now
    ) throws(LedgerError) {
        try connection.write { db in
            try self.require(run, in: end.status == .failed ? [.queued, .running] : [.running], db)
            try Self.insert(results, of: run, db)
            var verdict: String?
            var message: String?
            var folder: String?
            var first: Int?
            switch end {
            case .published(let place, let gate): (folder, verdict) = (PathText.text(of: place), gate?.rawValue)
            case .rejected(let why): (message, verdict) = (why, "FAILED")
            case .failed(let why): message = why
            case .cached(let from, let place): (folder, first) = (PathText.text(of: place), from)
            }
            if first != nil {
                // Whoever looks for the result finds the run that computed it, past however many copies.
                try db.execute(
                    often: "UPDATE run_io SET partial = NULL WHERE run = ? AND role = 'bin'", arguments: [run])
            }
            try db.execute(
                often: """
                    UPDATE run SET status = :status, message = :message, finished_at = :time, folder = :folder,
                        cached_from = :first,
                        (verdict, layers, int8_layers, bytes_before, bytes_after, worst_sqnr_db, worst_layer, cosine,
                            top1_float, top1_int8) =
                        (\(first == nil ? Self.sums : Self.copies))
                    WHERE id = :run
                    """,
                arguments: [
                    "status": end.status.rawValue, "message": message, "time": time.microseconds, "folder": folder,
                    "first": first, "verdict": verdict, "run": run,
                ])
        }
    }

    /// What the layers of the run add up to, and the figures that the history shows; all NULL where there are none.
    private static let sums = """
        SELECT :verdict, nullif(count(*), 0), sum(decision = 'int8'), sum(bytes_before), sum(bytes_after), min(sqnr_db),
            (SELECT name FROM layer WHERE run = :run AND sqnr_db IS NOT NULL ORDER BY sqnr_db, idx LIMIT 1),
            (SELECT min(value_int8) FROM metric WHERE run = :run AND type = 'cosine'),
            (SELECT value_float FROM metric WHERE run = :run AND type = 'top1' ORDER BY slice LIMIT 1),
            (SELECT value_int8 FROM metric WHERE run = :run AND type = 'top1' ORDER BY slice LIMIT 1)
        FROM layer WHERE run = :run
        """

    private static let copies = """
        SELECT coalesce(:verdict, verdict), layers, int8_layers, bytes_before, bytes_after, worst_sqnr_db, worst_layer,
            cosine, top1_float, top1_int8
        FROM run WHERE id = :first
        """

    private static func insert(_ results: RunResults, of run: Int, _ db: Database) throws {
        for artifact in results.artifacts {
            if let digest = artifact.digest {
                try db.execute(
                    often: "INSERT INTO artifact (sha256, size) VALUES (?, ?) ON CONFLICT DO NOTHING",
                    arguments: [digest.hex, artifact.size])
            }
            // An input stands there since the run was queued; only its content was not known yet.
            try db.execute(
                often: """
                    INSERT INTO run_io (run, role, path, sha256) VALUES (?, ?, ?, ?)
                    ON CONFLICT (run, role) DO UPDATE SET path = excluded.path, sha256 = excluded.sha256
                    """,
                arguments: [
                    run, artifact.role.rawValue, PathText.text(of: artifact.path), artifact.digest?.hex,
                ])
        }
        try insert(try results.layers.map { try $0.columns() }, into: "layer", layerColumns, of: run, db)
        try insert(results.metrics.map(\.columns), into: "metric", metricColumns, of: run, db)
    }

    private static let layerColumns = """
        run, idx, name, type, decision, reason_code, reason, storage_before, storage_after, bytes_before, bytes_after,
        weight_count, scale_min, scale_max, activation_scale, top_scale, dead_channels, sqnr_db, cosine,
        rmse_over_step, max_error, clipped_fraction, local_sqnr_db, local_cosine, accumulated_sqnr_db,
        accumulated_cosine, notes
        """

    private static let metricColumns = """
        run, type, slice, value_float, value_int8, n, ci_low, ci_high, dataset, dataset_sha256, reason
        """

    private static func insert(
        _ rows: [[(any DatabaseValueConvertible)?]], into table: String, _ columns: String, of run: Int, _ db: Database
    ) throws {
        guard let width = rows.first?.count else { return }
        let places = Array(repeating: "?", count: width + 1).joined(separator: ", ")
        let statement = try db.cachedStatement(sql: "INSERT INTO \(table) (\(columns)) VALUES (\(places))")
        for row in rows { try statement.execute(arguments: [run] + StatementArguments(row)) }
    }
}
