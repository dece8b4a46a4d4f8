import GRDB
import Glibc
import SystemPackage

/// What a check of the ledger found.
public struct LedgerCheck: Hashable, Sendable {
    /// What SQLite says of the file's structure; empty where it is sound.
    public let damage: [String]
    /// Rows that point at rows which are not there, as `table rowid -> table`; empty where there are none.
    public let orphans: [String]

    /// Nothing was found.
    public var isSound: Bool { damage.isEmpty && orphans.isEmpty }
}

extension Connection {
    /// Reads the whole file and each reference; quickly, it does not compare the indices with the tables.
    func check(isQuick: Bool) throws(LedgerError) -> LedgerCheck {
        try read { db in
            let pragma = isQuick ? "quick_check" : "integrity_check"
            let damage = try String.fetchAll(db, sql: "PRAGMA \(pragma)").filter { $0 != "ok" }
            let orphans = try Row.fetchAll(db, sql: "PRAGMA foreign_key_check").map { row in
                let place = try row.decode(Int64?.self, forColumn: "rowid").map { " \($0)" } ?? ""
                let table = try row.decode(String.self, forColumn: "table")
                return "\(table)\(place) -> \(try row.decode(String.self, forColumn: "parent"))"
            }
            return LedgerCheck(damage: damage, orphans: orphans)
        }
    }

    /// Writes a whole copy to `target`, all at once; what was there is replaced.
    ///
    /// SQLite's backup, not a copy of the file, which would lack what is still in the `-wal`; and not VACUUM INTO, which
    /// in SQLite 3.40 fails on a connection that has used a table with a generated column.
    func backup(to target: FilePath) throws(LedgerError) {
        guard let name = String(validating: target) else {
            throw LedgerError(.cannotOpen, at: target, message: "SQLite takes paths in UTF-8 only")
        }
        let part = name + ".part"
        func removePart() { for ending in ["", "-journal", "-wal", "-shm"] { unlink(part + ending) } }
        removePart()
        do throws(LedgerError) {
            let copy = try Connection(path: FilePath(part), isReadOnly: false)
            do { try queue.backup(to: copy.queue) } catch { throw LedgerError(error, at: target) }
            // In WAL mode, which came along, the copy could not be read from a folder that may not be written.
            try copy.outsideTransaction { try $0.execute(sql: "PRAGMA journal_mode = DELETE") }
            try copy.close()
            try bringToDisk(part, at: target)
            guard rename(part, name) == 0 else { throw LedgerError(failed: "rename", part, at: target) }
            let folder = target.removingLastComponent().string
            try bringToDisk(folder.isEmpty ? "." : folder, at: target)
        } catch {
            removePart()
            throw error
        }
    }

    private func bringToDisk(_ name: String, at target: FilePath) throws(LedgerError) {
        let file = open(name, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw LedgerError(failed: "open", name, at: target) }
        defer { Glibc.close(file) }
        guard fsync(file) == 0 || errno == EINVAL else { throw LedgerError(failed: "bring to disk", name, at: target) }
    }
}

extension LedgerError {
    /// The error for a system call on a file beside the ledger that has just failed.
    init(failed operation: String, _ name: String, at path: FilePath) {
        let code = Errno(rawValue: errno)
        let reason: Reason =
            switch code {
            case .noSpace, .diskQuotaExceeded: .diskFull
            case .ioError: .inputOutput
            case .readOnlyFileSystem: .readOnly
            default: .cannotOpen
            }
        self.init(reason, at: path, message: "cannot \(operation) \(name): \(code)")
    }
}
