import GRDB
import GRDBSQLite
public import Vocabulary

/// What those ask who prove things: which bytes, which runs, which answer.
extension LedgerReader {
    /// The contents whose digest begins with these hexadecimal digits, in order, at most `limit`.
    public func digests(beginningWith prefix: String, limit: Int = 10) throws(LedgerError) -> [ArtifactDigest] {
        let prefix = prefix.lowercased()
        return try connection.read { db in
            // A range, which the primary key answers; "g" comes after every hexadecimal digit.
            try String.fetchAll(
                db, sql: Self.digestsSQL, arguments: [prefix, prefix + "g", max(0, limit)]
            ).compactMap { ArtifactDigest(hex: $0) }
        }
    }

    static let digestsSQL = "SELECT sha256 FROM artifact WHERE sha256 >= ? AND sha256 < ? ORDER BY sha256 LIMIT ?"

    /// The runs that have ended whose numbers come after `run`, in order, at most `limit`.
    ///
    /// - Parameter withResult: only those that have a result, be it pruned.
    public func ended(after run: Int = 0, withResult: Bool, limit: Int = 100) throws(LedgerError) -> [RunSummary] {
        try connection.read { try Self.runs($0, Self.endedClauses(withResult: withResult), [run, max(0, limit)]) }
    }

    /// The plus sign keeps SQLite from taking the index of the statuses, and with it from sorting all runs for each piece.
    static func endedClauses(withResult: Bool) -> String {
        let statuses = RunStatus.allCases.filter { withResult ? $0 == .published || $0 == .cached : $0.hasEnded }
        let words = statuses.map { "'\($0.rawValue)'" }.joined(separator: ", ")
        return "WHERE id > ? AND +status IN (\(words)) ORDER BY id LIMIT ?"
    }

    /// How many runs have a result.
    public func resultCount() throws(LedgerError) -> Int {
        try connection.read { db in
            try Int.fetchOne(db, sql: "SELECT count(*) FROM run WHERE status IN ('published', 'cached')") ?? 0
        }
    }

    /// The run that someone names, where a model's name stands for its latest result; for a model without one, for its
    /// latest run.
    public func result(_ reference: RunReference) throws(LedgerError) -> RunDetail? {
        guard case .latest(let model) = reference else { return try run(reference) }
        let latest = try connection.read { db in
            try Int.fetchOne(
                db,
                sql: """
                    SELECT id FROM run WHERE model = ? AND status IN ('published', 'cached') ORDER BY id DESC LIMIT 1
                    """, arguments: [model.text])
        }
        return try run(latest.map { .number($0) } ?? reference)
    }

    /// Calls `body` for each model that fits a pattern with its runs that have something to prune, the latest first.
    public func eachPrunable(
        of pattern: String? = nil, _ body: (ModelName, [PrunableRun]) throws -> Void
    ) throws {
        try connection.eachPrunable(of: pattern, body)
    }

    /// The daemon that writes here, or wrote here last; nil where none ever did.
    public func daemon() throws(LedgerError) -> DaemonState? {
        try connection.read { try Row.fetchOne($0, sql: "SELECT * FROM daemon").map { try DaemonState($0) } }
    }

    /// The answer that a request has got; nil where it has none yet.
    public func answer(to request: String) throws(LedgerError) -> LedgerEvent? {
        try connection.read { try Self.answer(to: request, $0) }
    }

    static let answerSQL = "SELECT \(LedgerEvent.columns) FROM event WHERE request = ?"

    static func answer(to request: String, _ db: Database) throws -> LedgerEvent? {
        try Row.fetchOne(
            db, sql: answerSQL, arguments: [request]
        ).map { try LedgerEvent($0) }
    }

    /// The schema that this program knows: that of every ledger which it has opened.
    public static var schemaVersion: Int { Schema.current.version }

    /// The version of the SQLite library in this process, such as `3.40.1`.
    public static var sqliteVersion: String { String(cString: sqlite3_libversion()) }
}
