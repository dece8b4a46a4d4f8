import GRDB
public import Vocabulary

extension LedgerWriter {
    /// Notes which models wait now. Only what differs from before is written, so it may be called often.
    ///
    /// - Returns: The number of rows that were written or removed.
    @discardableResult
    public func setWaiting(_ rows: [WaitingRow]) throws(LedgerError) -> Int {
        try connection.write { db in
            var before: [ModelName: WaitingRow] = [:]
            for row in try Row.fetchAll(db, sql: "SELECT model, since, reason_code, clause FROM waiting") {
                let row = try WaitingRow(row)
                before[row.model] = row
            }
            var changes = 0
            let put = try db.cachedStatement(
                sql: """
                    INSERT INTO waiting (model, since, reason_code, clause) VALUES (?, ?, ?, ?)
                    ON CONFLICT (model) DO UPDATE
                    SET since = excluded.since, reason_code = excluded.reason_code, clause = excluded.clause
                    """)
            for row in rows where before.removeValue(forKey: row.model) != row {
                try put.execute(arguments: [row.model.text, row.since.microseconds, row.code, row.clause])
                changes += 1
            }
            let remove = try db.cachedStatement(sql: "DELETE FROM waiting WHERE model = ?")
            for model in before.keys {
                try remove.execute(arguments: [model.text])
                changes += 1
            }
            return changes
        }
    }

    /// Notes how the daemon is.
    public func setDaemon(_ state: DaemonState) throws(LedgerError) {
        try connection.write { db in
            try db.execute(
                often: """
                    INSERT OR REPLACE INTO daemon (id, pid, version, started_at, heartbeat_at, stopped_at, watch_mode,
                        watch_clause, models_folder, output_folder, last_scan_at)
                    VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    state.pid, state.version, state.started.microseconds, state.heartbeat.microseconds,
                    state.stopped?.microseconds, state.watchMode.rawValue, state.watchClause,
                    PathText.text(of: state.modelsFolder), PathText.text(of: state.outputFolder),
                    state.lastScan?.microseconds,
                ])
        }
    }

    /// Notes that something happened.
    public func record(_ event: LedgerEvent) throws(LedgerError) {
        try connection.write { try Self.insert(event, $0) }
    }

    static func insert(_ event: LedgerEvent, _ db: Database) throws {
        try db.execute(
            often: "INSERT INTO event (\(LedgerEvent.columns)) VALUES (?, ?, ?, ?, ?, ?)",
            arguments: [
                event.run, event.model?.text, event.at.microseconds, event.kind, event.message, event.request,
            ])
    }

    /// Notes that a file had this content in this state.
    public func seen(_ file: Triple.File, _ digest: ArtifactDigest, at time: Timestamp = .now) throws(LedgerError) {
        try connection.write { db in
            try db.execute(
                often: "INSERT INTO artifact (sha256, size) VALUES (?, ?) ON CONFLICT DO NOTHING",
                arguments: [digest.hex, file.identity.size])
            let identity = file.identity
            try db.execute(
                often: """
                    INSERT INTO artifact_seen
                        (path, sha256, device, inode, modified_ns, changed_ns, first_seen, last_seen)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                    ON CONFLICT (path, sha256) DO UPDATE SET device = excluded.device, inode = excluded.inode,
                        modified_ns = excluded.modified_ns, changed_ns = excluded.changed_ns,
                        last_seen = excluded.last_seen
                    """,
                arguments: [
                    PathText.text(of: file.path), digest.hex, Int64(bitPattern: identity.device),
                    Int64(bitPattern: identity.inode), identity.modified, identity.changed, time.microseconds,
                    time.microseconds,
                ])
        }
    }
}
