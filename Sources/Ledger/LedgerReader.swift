import GRDB
import Glibc
public import SystemPackage

/// Asks a ledger, whether its daemon runs, has stopped or was killed, and never changes or holds it up.
///
/// Each question is one short transaction: its answer is of one moment, and the writer's log can shrink again after it.
/// Whoever waits for news asks again and again, at best only when `changes` has changed.
public final class LedgerReader: Sendable {
    /// The ledger's file.
    public let path: FilePath
    let connection: Connection

    /// Opens the ledger; refused are files that are none and ledgers of another version.
    public init(path: FilePath) throws(LedgerError) {
        self.path = path
        try Self.requireReadable(path)
        do {
            connection = try Connection(path: path, isReadOnly: true)
        } catch {
            throw Self.needsRecovery(path) && error.reason == .cannotOpen
                ? LedgerError(.needsRecovery, at: path) : error
        }
        let known = Schema.current.version
        let state = try connection.read { try Schema.current.state($0, at: path) }
        switch state {
        case .empty: throw LedgerError(.missing, at: path, message: "the file is empty")
        case .ledger(let found) where found < known:
            throw LedgerError(.olderSchema(found: found, known: known), at: path)
        case .ledger: break
        }
    }

    /// A number that is another one whenever someone has changed the ledger since this reader last asked anything.
    public func changes() throws(LedgerError) -> Int {
        try connection.read { try Int.fetchOne($0, sql: "PRAGMA data_version") ?? 0 }
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

    private static func requireReadable(_ path: FilePath) throws(LedgerError) {
        var status = stat()
        guard path.withPlatformString({ stat($0, &status) }) == 0 else {
            guard errno == ENOENT else { throw LedgerError(failed: "find", path.string, at: path) }
            throw LedgerError(.missing, at: path)
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw LedgerError(.notALedger, at: path, message: "it is no regular file")
        }
        // A reader that may write the folder would make the missing -shm as its own file, and then the daemon could not
        // write the ledger any more. The superuser's SQLite gives the file to the ledger's owner.
        let user = geteuid()
        if needsRecovery(path), user != 0, user != status.st_uid { throw LedgerError(.needsRecovery, at: path) }
    }

    /// After a power cut: the log is there with what was committed, the shared memory that goes with it is not.
    private static func needsRecovery(_ path: FilePath) -> Bool {
        var status = stat()
        let hasLog = stat(path.string + "-wal", &status) == 0 && status.st_size > 0
        return hasLog && access(path.string + "-shm", F_OK) != 0
    }
}
