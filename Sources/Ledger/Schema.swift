import GRDB
import SystemPackage

/// How a ledger is recognised, and how it is brought up to date.
struct Schema: Sendable {
    /// `qntd`: what SQLite's header says of a ledger, so that `file` and we can tell it from any other database.
    static let applicationID = 0x716E_7464

    /// The schema of this version.
    static let current = Schema(steps: [version1, version2])

    /// The step at place n makes schema n+1 of schema n. A step that was released never changes.
    let steps: [String]

    /// The schema's number: `user_version` in SQLite's header.
    var version: Int { steps.count }

    /// What a file is, as far as its header says.
    enum State: Equatable {
        /// Nothing in it yet.
        case empty
        /// A ledger with this schema.
        case ledger(version: Int)
    }

    /// Looks at the header; refuses what is no ledger, without having changed anything.
    func state(_ db: Database, at path: FilePath) throws -> State {
        let id = try Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0
        let found = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        if id == Self.applicationID {
            if found > version { throw LedgerError(.newerSchema(found: found, known: version), at: path) }
            return .ledger(version: found)
        }
        let tables = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") ?? 0
        guard id == 0, found == 0, tables == 0 else { throw LedgerError(.notALedger, at: path) }
        return .empty
    }

    /// Takes the steps that are missing, each in a transaction that also counts it.
    func migrate(_ db: Database, from version: Int) throws {
        for (number, step) in steps.enumerated().dropFirst(version) {
            try db.inTransaction {
                try db.execute(sql: step)
                try db.execute(sql: "PRAGMA application_id = \(Self.applicationID)")
                try db.execute(sql: "PRAGMA user_version = \(number + 1)")
                return .commit
            }
        }
    }
}
