import GRDB
public import Vocabulary

extension LedgerReader {
    /// The models that ever had a run or wait now, whose names begin so, in order.
    public func models(beginningWith prefix: String = "", limit: Int = 1000) throws(LedgerError) -> [ModelName] {
        // The first text after all those that begin so: no byte of UTF-8 is as high as the last code point's first.
        let end = prefix + "\u{10FFFF}"
        return try connection.read { db in
            func names(_ sql: String) throws -> [String] {
                try String.fetchAll(db, sql: sql, arguments: [prefix, end, max(0, limit)])
            }
            let ran = try names("SELECT name FROM model WHERE name >= ? AND name < ? ORDER BY name LIMIT ?")
            let waits = try names("SELECT model FROM waiting WHERE model >= ? AND model < ? ORDER BY model LIMIT ?")
            return Set(ran + waits).sorted().prefix(max(0, limit)).map { ModelName($0) }
        }
    }

    /// The numbers of the latest runs, of one model or of all, the latest first.
    public func runNumbers(of model: ModelName? = nil, limit: Int = 100) throws(LedgerError) -> [Int] {
        try connection.read { db in
            guard let model else {
                guard let latest = try Int.fetchOne(db, sql: "SELECT max(id) FROM run") else { return [] }
                // A range of numbers, so that the plan shows that it ends.
                return try Int.fetchAll(
                    db, sql: "SELECT id FROM run WHERE id <= ? ORDER BY id DESC LIMIT ?",
                    arguments: [latest, max(0, limit)])
            }
            return try Int.fetchAll(
                db, sql: "SELECT id FROM run WHERE model = ? ORDER BY id DESC LIMIT ?",
                arguments: [model.text, max(0, limit)])
        }
    }

    /// The model's waiting row; nil where it does not wait.
    public func waiting(_ model: ModelName) throws(LedgerError) -> WaitingRow? {
        try connection.read { db in
            try Row.fetchOne(db, sql: "SELECT * FROM waiting WHERE model = ?", arguments: [model.text])
                .map { try WaitingRow($0) }
        }
    }

    /// The models that fit any of the patterns, with how many runs they have.
    static func models(fitting patterns: [String], _ db: Database) throws -> [(name: String, runs: Int)] {
        var found: [String: Int] = [:]
        for pattern in patterns {
            let sql = "SELECT name, runs FROM model WHERE name \(HistoryQuery.isName(pattern) ? "=" : "GLOB") ?"
            for row in try Row.fetchAll(db, sql: sql, arguments: [pattern]) {
                found[try row.value("name")] = try row.value("runs")
            }
        }
        return found.map { ($0, $1) }
    }
}
