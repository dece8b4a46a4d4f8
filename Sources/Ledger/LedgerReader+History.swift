import GRDB
public import Vocabulary

extension LedgerReader {
    /// The runs that match, the latest first.
    ///
    /// Of a few runs of the models that are asked for all are looked at. Otherwise the index gives each status and verdict
    /// in the order of time, and SQLite merges them until there are enough: what is looked at is what is shown.
    public func history(_ query: HistoryQuery = HistoryQuery()) throws(LedgerError) -> [RunSummary] {
        let runs = try connection.read { db in
            let filter = HistoryFilter(query)
            return try Self.runs(db, try Self.isFew(query, db) ? filter.byModel() : filter.byState())
        }
        return query.isReversed ? runs.reversed() : runs
    }

    /// Whether the models that are asked for have so few runs that all of them can be looked at.
    private static func isFew(_ query: HistoryQuery, _ db: Database) throws -> Bool {
        try !query.models.isEmpty && runCount(of: query.models, db) <= fewRuns
    }

    /// More runs than these are not looked at one by one: some 20 ms.
    private static let fewRuns = 20_000

    /// The numbers of the runs that match, in the order in which the history shows them: what can be kept in memory however
    /// many there are, and shown piece by piece with `runs(_:)`.
    public func numbers(of query: HistoryQuery) throws(LedgerError) -> [Int] {
        let filter = HistoryFilter(query, columns: "run.id")
        let numbers = try connection.read { db in
            try SQLRequest<Int>(literal: try Self.isFew(query, db) ? filter.byModel() : filter.byState()).fetchAll(db)
        }
        return query.isReversed ? numbers.reversed() : numbers
    }

    /// These runs as they are now, in this order; those that are not there any more are left out.
    public func runs(_ numbers: [Int]) throws(LedgerError) -> [RunSummary] {
        try connection.read { db in
            // CROSS JOIN keeps SQLite from starting at the runs.
            try Self.runs(
                db,
                """
                SELECT \(sql: RunSummary.columns) FROM json_each(\(HistoryFilter.list(numbers))) AS wanted
                CROSS JOIN run ON run.id = wanted.value ORDER BY wanted.key
                """)
        }
    }

    /// The latest runs of a model that led to a result, held back or not, the earliest first.
    public func results(of model: ModelName, limit: Int?) throws(LedgerError) -> [RunSummary] {
        try connection.read { db in
            let sql = """
                WHERE model = ? AND +status IN ('published', 'cached', 'rejected') ORDER BY id DESC LIMIT ?
                """
            return try Self.runs(db, sql, [model.text, limit.map { max(0, $0) } ?? -1]).reversed()
        }
    }

    // MARK: Following

    /// The runs that match and are new, or have another status, since someone stood at `mark`, in the order of time; and
    /// where to stand now.
    ///
    /// It goes by numbers and status, not by time: a clock that jumps back hides nothing.
    public func history(
        _ query: HistoryQuery, since mark: HistoryMark
    ) throws(LedgerError) -> (runs: [RunSummary], mark: HistoryMark) {
        try connection.read { db in
            let now = try Self.mark(db)
            // A ledger whose numbers begin anew is another ledger: all of it is news.
            let mark = now.latest < mark.latest ? .beginning : mark
            let changed = mark.open.filter { now.open[$0.key] != $0.value }.map(\.key)
            let filter = HistoryFilter(query)
            let news = try Self.runs(db, filter.after(mark.latest)) + Self.runs(db, filter.among(changed))
            return (news.sorted { ($0.at, $0.run) < ($1.at, $1.run) }, now)
        }
    }

    /// Where someone stands who has seen all there is.
    public func mark() throws(LedgerError) -> HistoryMark {
        try connection.read { try Self.mark($0) }
    }

    private static func mark(_ db: Database) throws -> HistoryMark {
        var open: [Int: HistoryMark.OpenRun] = [:]
        let sql = "SELECT id, status, attempts FROM run WHERE status IN ('queued', 'running')"
        for row in try Row.fetchAll(db, sql: sql) {
            open[try row.value("id")] = HistoryMark.OpenRun(
                status: try row.word("status"), attempts: try row.value("attempts"))
        }
        // The number that was given last: the run that had it may have been dropped.
        let latest = try Int.fetchOne(db, sql: "SELECT seq FROM sqlite_sequence WHERE name = 'run'") ?? 0
        return HistoryMark(latest: latest, open: open)
    }
}
