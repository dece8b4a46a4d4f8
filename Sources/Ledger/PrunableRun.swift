import GRDB
public import Vocabulary

/// A run that has a folder or lines of layers.
public struct PrunableRun: Hashable, Sendable {
    public let run: Int
    public let model: ModelName
    /// `published`, `cached` or `rejected`.
    public let status: RunStatus
    public let finished: Timestamp
    /// Bytes of the `.bin` in its folder; 0 for a rejected run, which has none.
    public let bytes: Int64

    public init(run: Int, model: ModelName, status: RunStatus, finished: Timestamp, bytes: Int64) {
        self.run = run
        self.model = model
        self.status = status
        self.finished = finished
        self.bytes = bytes
    }
}

extension Connection {
    /// Model after model, so that neither memory nor the time of a transaction grows with the ledger; nothing is read
    /// while `body` is called, and it may write.
    func eachPrunable(of pattern: String?, _ body: (ModelName, [PrunableRun]) throws -> Void) throws {
        var last = ""
        while true {
            let names = try read { db in
                try String.fetchAll(db, sql: PrunableRun.modelsSQL, arguments: ["last": last, "pattern": pattern])
            }
            guard let end = names.last else { return }
            last = end
            for name in names {
                let model = ModelName(name)
                let runs = try read { try PrunableRun.fetchAll(of: model, $0) }
                if !runs.isEmpty { try body(model, runs) }
            }
        }
    }
}

extension PrunableRun {
    static let modelsSQL = """
        SELECT name FROM model WHERE name > :last AND (:pattern IS NULL OR name GLOB :pattern) ORDER BY name LIMIT 1000
        """

    static let runsSQL = """
        SELECT id, status, finished_at, iif(status = 'rejected', 0, coalesce(bytes_after, 0)) FROM run
        WHERE model = ? AND +status IN ('published', 'cached', 'rejected') AND +pruned_at IS NULL ORDER BY id DESC
        """

    fileprivate static func fetchAll(of model: ModelName, _ db: Database) throws -> [PrunableRun] {
        let rows = try Row.fetchCursor(db.cachedStatement(sql: runsSQL), arguments: [model.text])
        var runs: [PrunableRun] = []
        while let row = try rows.next() {
            let word = try row.decode(String.self, atIndex: 1)
            guard let status = RunStatus(rawValue: word) else { throw UnknownWord(column: "status", text: word) }
            runs.append(
                PrunableRun(
                    run: try row.decode(Int.self, atIndex: 0), model: model, status: status,
                    finished: Timestamp(microseconds: try row.decode(Int64.self, atIndex: 2)),
                    bytes: try row.decode(Int64.self, atIndex: 3)))
        }
        return runs
    }
}
