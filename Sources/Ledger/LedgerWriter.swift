import GRDB
public import SystemPackage

/// The one connection that changes a ledger; the daemon has it.
///
/// Each verb is one transaction: when it returns, the change is on the disk; when it throws, there was none. The verbs
/// block for as long as the disk takes, and may be called from anywhere: they wait for each other.
public final class LedgerWriter: Sendable {
    /// The ledger's file.
    public let path: FilePath
    let connection: Connection
    private let lock: WriterLock

    /// Opens the ledger, and makes it where there is none; the folder must be there.
    ///
    /// A ledger of an older version is first copied to `<name>.v<schema>.backup` and then brought up to date. Refused,
    /// and left as they are: files that are no ledger, ledgers of newer versions, ledgers that another process writes.
    public convenience init(path: FilePath) throws(LedgerError) {
        try self.init(path: path, schema: .current)
    }

    init(path: FilePath, schema: Schema) throws(LedgerError) {
        self.path = path
        lock = try WriterLock(for: path)
        connection = try Connection(path: path, isReadOnly: false)
        // Before anything is changed: the file may be someone else's.
        let state = try connection.outsideTransaction { try schema.state($0, at: path) }
        try connection.outsideTransaction { db in
            guard try String.fetchOne(db, sql: "PRAGMA journal_mode = WAL") == "wal" else {
                throw LedgerError(.cannotOpen, at: path, message: "this file system cannot hold a write-ahead log")
            }
            // NORMAL could lose the last commits in a power cut; where a model came from should survive it, and a few
            // commits a run cost nothing.
            try db.execute(sql: "PRAGMA synchronous = FULL")
            // The log shrinks again after a reader held it open.
            try db.execute(sql: "PRAGMA journal_size_limit = \(16 << 20)")
        }
        try connection.keepWriteAheadLog()
        let version =
            switch state {
            case .empty: 0
            case .ledger(let version): version
            }
        if version > 0, version < schema.version {
            try connection.backup(to: FilePath("\(path.string).v\(version).backup"))
        }
        try connection.outsideTransaction { try schema.migrate($0, from: version) }
    }

    /// Closes the ledger in good order; every verb after it fails.
    public func close() throws(LedgerError) {
        try connection.close()
    }

    /// Writes a whole copy to `target`, all at once; what was there is replaced.
    public func backup(to target: FilePath) throws(LedgerError) {
        try connection.backup(to: target)
    }

    /// Reads the whole ledger and says what is damaged.
    ///
    /// - Parameter isQuick: do not compare the indices with the tables, which is most of the work.
    public func check(isQuick: Bool = false) throws(LedgerError) -> LedgerCheck {
        try connection.check(isQuick: isQuick)
    }
}
