import GRDB
import Vocabulary

/// A history's question in SQL.
///
/// Words of enums stand in the text, so that SQLite sees which index serves; what came from outside is an argument.
struct HistoryFilter {
    private let query: HistoryQuery
    private let columns: String
    private let conditions: [SQL]

    /// - Parameter columns: what is asked of each run.
    init(_ query: HistoryQuery, columns: String = RunSummary.columns) {
        self.query = query
        self.columns = columns
        conditions =
            (query.models.isEmpty ? [] : [Self.fits("run.model", query.models)])
            + (query.since.map { ["run.at >= \($0.microseconds)"] } ?? [])
            + (query.until.map { ["run.at < \($0.microseconds)"] } ?? [])
    }

    /// Every run of these models is looked at.
    func byModel() -> SQL {
        let models: SQL = "run.model IN (SELECT name FROM model WHERE \(Self.fits("name", query.models)))"
        return """
            SELECT \(sql: columns), run.at FROM run INDEXED BY run_by_model \(whereAll([models, anyState]))
            ORDER BY at DESC, id DESC \(limit)
            """
    }

    /// The runs of each status and verdict as the index has them, merged.
    func byState() -> SQL {
        let branches = states.map { state -> SQL in
            "SELECT \(sql: columns), run.at FROM run INDEXED BY run_by_state \(whereAll([state]))"
        }
        return "\(branches.joined(separator: " UNION ALL ")) ORDER BY at DESC, id DESC \(limit)"
    }

    /// The runs with higher numbers.
    func after(_ run: Int) -> SQL {
        "SELECT \(sql: columns), run.at FROM run \(whereAll(["run.id > \(run)", anyState])) ORDER BY id"
    }

    /// Those of these runs.
    func among(_ runs: [Int]) -> SQL {
        let numbers: SQL = "run.id IN (SELECT value FROM json_each(\(Self.list(runs))))"
        return "SELECT \(sql: columns), run.at FROM run \(whereAll([numbers, anyState])) ORDER BY id"
    }

    /// Numbers as JSON.
    static func list(_ numbers: [Int]) -> String {
        "[\(numbers.map(String.init).joined(separator: ","))]"
    }

    /// The condition that a name fits any of the patterns, or is one of them: names may hold letters of patterns.
    static func fits(_ column: String, _ patterns: [String]) -> SQL {
        let names = patterns.map { "\(sql: column) = \($0)" as SQL }
        let globs = patterns.filter { !HistoryQuery.isName($0) }.map { "\(sql: column) GLOB \($0)" as SQL }
        return "(\((names + globs).joined(separator: " OR ")))"
    }

    /// A condition for each status and verdict that is asked for and can be.
    private var states: [SQL] {
        let wanted = Self.states.flatMap { status, verdicts in verdicts.map { (status, $0) } }.filter {
            status, verdict in
            (query.statuses.isEmpty || query.statuses.contains(status))
                && (query.verdicts.isEmpty || verdict.map(query.verdicts.contains) ?? false)
        }
        // What cannot be has no run, and a question without a branch would be none.
        guard !wanted.isEmpty else { return ["run.status = 'queued' AND run.verdict = 'FAILED'"] }
        return wanted.map { status, verdict in
            let verdict = verdict.map { "= '\($0.rawValue)'" } ?? "IS NULL"
            return "run.status = '\(sql: status.rawValue)' AND run.verdict \(sql: verdict)"
        }
    }

    /// The same as one condition, for rows that are looked at one by one; nil where any will do.
    private var anyState: SQL? {
        guard !query.statuses.isEmpty || !query.verdicts.isEmpty else { return nil }
        return "(\(states.map { "(\($0))" as SQL }.joined(separator: " OR ")))"
    }

    private var limit: SQL {
        query.limit.map { "LIMIT \(max(0, $0))" } ?? ""
    }

    private func whereAll(_ first: [SQL?]) -> SQL {
        let all = first.compactMap(\.self) + conditions
        return all.isEmpty ? "" : "WHERE \(all.joined(separator: " AND "))"
    }

    /// The verdicts that each status can have, as the schema's checks say.
    static let states: [(RunStatus, [Verdict?])] = RunStatus.allCases.map { status in
        switch status {
        case .queued, .running, .failed: (status, [nil])
        case .rejected: (status, [.failed])
        case .published, .cached: (status, [nil, .passed, .warned])
        }
    }
}
