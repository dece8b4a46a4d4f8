import Glibc
import SystemPackage

/// Keeps a second writer away from a ledger, for as long as this value lives.
///
/// SQLite would let two processes write. But SQLite before 3.51.3 can damage a ledger when one connection commits while
/// another checkpoints (sqlite.org/wal.html, "the WAL-reset bug"), and two daemons would publish against each other. The
/// lock is on a file of its own, because closing any descriptor of the database would drop SQLite's own locks.
final class WriterLock: Sendable {
    private let file: CInt

    init(for ledger: FilePath) throws(LedgerError) {
        let path = FilePath(ledger.string + "-lock")
        file = path.withPlatformString { open($0, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o640) }
        guard file >= 0 else { throw LedgerError(failed: "open", path.string, at: ledger) }
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            let isTaken = errno == EWOULDBLOCK
            let error = LedgerError(failed: "lock", path.string, at: ledger)
            close(file)
            throw isTaken ? LedgerError(.inUse, at: ledger) : error
        }
    }

    deinit { close(file) }
}
