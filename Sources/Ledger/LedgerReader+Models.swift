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
            let all = waits.isEmpty ? ran : Set(ran + waits).sorted()
            return all.prefix(max(0, limit)).map { ModelName($0) }
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

    /// How many runs the models have that fit any of the patterns.
    static func runCount(of patterns: [String], _ db: Database) throws -> Int {
        let question: SQL = "SELECT total(runs) FROM model WHERE \(HistoryFilter.fits("name", patterns))"
        return Int(try SQLRequest<Double>(literal: question).fetchOne(db) ?? 0)
    }
}
