import GRDB
import GRDBSQLite
import SystemPackage

/// A connection to a ledger: SQLite's failures come out as the room's error, with the file's path.
struct Connection: Sendable {
    let queue: DatabaseQueue
    let path: FilePath

    /// Opens the file; `isReadOnly` is SQLite's `mode=ro`, which neither makes files nor checkpoints.
    init(path: FilePath, isReadOnly: Bool) throws(LedgerError) {
        guard let name = String(validating: path) else {
            throw LedgerError(.cannotOpen, at: path, message: "SQLite takes paths in UTF-8 only")
        }
        var configuration = Configuration()
        configuration.readonly = isReadOnly
        configuration.label = isReadOnly ? "ledger.reader" : "ledger.writer"
        // Long enough for a checkpoint on a slow disk.
        configuration.busyMode = .timeout(5)
        configuration.foreignKeysEnabled = true
        configuration.prepareDatabase { db in
            // The file may come from elsewhere: functions with side effects do not run from its views and triggers.
            try db.execute(sql: "PRAGMA trusted_schema = OFF")
        }
        self.path = path
        do {
            // Debian's SQLite takes a leading "file:" for a URI.
            queue = try DatabaseQueue(path: path.isAbsolute ? name : "./" + name, configuration: configuration)
        } catch {
            throw LedgerError(error, at: path)
        }
    }

    /// Asks in one short read transaction: all answers are of the same moment, and the writer is not held up.
    func read<T>(_ body: (Database) throws -> T) throws(LedgerError) -> T {
        do { return try queue.read(body) } catch { throw LedgerError(error, at: path) }
    }

    /// Changes in one transaction: all or nothing, and on the disk itself when it returns.
    func write<T>(_ body: (Database) throws -> T) throws(LedgerError) -> T {
        do { return try queue.write(body) } catch { throw LedgerError(error, at: path) }
    }

    /// For what SQLite does not do within a transaction.
    func outsideTransaction<T>(_ body: (Database) throws -> T) throws(LedgerError) -> T {
        do { return try queue.writeWithoutTransaction(body) } catch { throw LedgerError(error, at: path) }
    }

    func close() throws(LedgerError) {
        do { try queue.close() } catch { throw LedgerError(error, at: path) }
    }

    /// Keeps `-wal` and `-shm` when the last connection closes.
    ///
    /// Without them a reader that may not write the folder cannot open a ledger whose daemon has stopped: SQLite
    /// documents SQLITE_FCNTL_PERSIST_WAL for exactly this.
    func keepWriteAheadLog() throws(LedgerError) {
        let code = try outsideTransaction { db in
            var isOn: CInt = 1
            return sqlite3_file_control(db.sqliteConnection, "main", SQLITE_FCNTL_PERSIST_WAL, &isOn)
        }
        guard code == SQLITE_OK else {
            throw LedgerError(DatabaseError(resultCode: ResultCode(rawValue: code)), at: path)
        }
    }
}
