import GRDB
public import SystemPackage
public import Vocabulary

/// Why the ledger could not answer or could not remember: the reason, the file, and SQLite's own words.
public struct LedgerError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What went wrong.
    public enum Reason: Hashable, Sendable {
        /// There is no ledger yet.
        case missing
        /// The file is something else; it was not touched.
        case notALedger
        /// The ledger was written by a newer version.
        case newerSchema(found: Int, known: Int)
        /// The ledger is from an older version, and only the daemon brings it up to date.
        case olderSchema(found: Int, known: Int)
        /// Another process writes this ledger.
        case inUse
        /// The disk or the quota is full.
        case diskFull
        /// The disk failed.
        case inputOutput
        /// The ledger may not be written.
        case readOnly
        /// The ledger may not be opened, or files beside it may not.
        case cannotOpen
        /// After a power cut the ledger has to be recovered, and only the daemon does that.
        case needsRecovery
        /// Another connection held its lock for too long.
        case busy
        /// The file's content contradicts itself.
        case damaged
        /// The schema refuses what was to be written: a defect of the caller.
        case refused
        /// There is no run with this number.
        case noSuchRun(Int)
        /// The run is not in the state that the verb needs.
        case wrongStatus(run: Int, status: RunStatus)
        /// Anything else that SQLite reports.
        case sqlite
    }

    public let reason: Reason
    /// The ledger's file.
    public let path: FilePath
    /// SQLite's extended result code; 0 where the failure is not SQLite's.
    public let code: Int
    /// SQLite's message, or the place in the ledger; may be empty.
    public let message: String

    init(_ reason: Reason, at path: FilePath, code: Int = 0, message: String = "") {
        self.reason = reason
        self.path = path
        self.code = code
        self.message = message
    }

    /// The disk or the quota is full: nothing was written, and the same call can succeed when there is room again.
    public var isDiskFull: Bool { reason == .diskFull }

    /// The place is at fault: nothing was written, and the same call can succeed later. Until then nothing may be
    /// published, because what is not remembered did not happen.
    public var isBlocked: Bool {
        switch reason {
        case .diskFull, .inputOutput, .readOnly, .cannotOpen, .busy: true
        default: false
        }
    }

    public var description: String {
        let evidence = code == 0 ? message : "SQLite \(code): \(message)"
        return "ledger \(path): \(clause)" + (evidence.isEmpty ? "" : " (\(evidence))")
    }

    private var clause: String {
        switch reason {
        case .missing: "there is none; quantd makes it at its first start, or the path is wrong"
        case .notALedger: "the file is not a ledger of quantd and was left alone"
        case .newerSchema(let found, let known):
            "it has schema \(found), this program knows up to \(known); use the newer version"
        case .olderSchema(let found, let known):
            "it has schema \(found), this program needs \(known); start quantd once, it brings the ledger up to date"
        case .inUse: "another quantd writes it; one ledger has one daemon"
        case .diskFull: "the disk is full; make room, nothing was lost"
        case .inputOutput: "the disk failed; look at the kernel's log"
        case .readOnly: "it may not be written; look at owner, permissions and mount of the file and its folder"
        case .cannotOpen: "it or its -wal or -shm may not be opened; look at the permissions, readers need the group"
        case .needsRecovery: "the machine stopped while it was written; start quantd once, it recovers the ledger"
        case .busy: "another program holds its lock; find it with fuser"
        case .damaged: "its content is damaged; stop quantd, keep the file, and restore a backup"
        case .refused: "the schema refuses the change"
        case .noSuchRun(let run): "there is no run \(run)"
        case .wrongStatus(let run, let status): "run \(run) is \(status.rawValue)"
        case .sqlite: "SQLite failed"
        }
    }
}

extension LedgerError {
    /// The room's error for whatever a connection threw.
    init(_ error: any Error, at path: FilePath) {
        switch error {
        case let error as LedgerError: self = error
        case let error as DatabaseError:
            // The path may be misspelt by SQLite's message, and arguments are no one's business: the message suffices.
            self.init(
                Self.reason(of: error.resultCode), at: path, code: Int(error.extendedResultCode.rawValue),
                message: error.message ?? "")
        case let error as RowDecodingError: self.init(.damaged, at: path, message: error.description)
        case let error as UnknownWord: self.init(.damaged, at: path, message: error.description)
        case is DecodingError: self.init(.damaged, at: path, message: "the notes of a layer are no JSON")
        default: self.init(.sqlite, at: path, message: "\(error)")
        }
    }

    private static func reason(of code: ResultCode) -> Reason {
        reasons.first { $0.code == code }?.reason ?? .sqlite
    }

    private static let reasons: [(code: ResultCode, reason: Reason)] = [
        (.SQLITE_FULL, .diskFull), (.SQLITE_IOERR, .inputOutput), (.SQLITE_READONLY, .readOnly),
        (.SQLITE_PERM, .readOnly), (.SQLITE_CANTOPEN, .cannotOpen), (.SQLITE_AUTH, .cannotOpen),
        (.SQLITE_BUSY, .busy), (.SQLITE_LOCKED, .busy), (.SQLITE_CORRUPT, .damaged), (.SQLITE_NOTADB, .notALedger),
        (.SQLITE_CONSTRAINT, .refused), (.SQLITE_MISMATCH, .refused),
    ]
}
