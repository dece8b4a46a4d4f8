import Ledger

/// A history that is printed bit by bit, in any form.
struct HistoryForm {
    private let format: OutputFormat
    private let page: Page
    private let table: RuledTable
    private var records: RecordForm<RunSummary>

    /// - Parameter runs: the first ones. The columns of the table are as wide as they and ordinary runs need them, so that
    ///   later lines stand below earlier ones.
    init(_ format: OutputFormat, page: Page, first runs: [RunSummary]) {
        self.format = format
        self.page = page
        table = RunTable.table(runs).ruled(with: Self.ruler, width: page.width)
        records = RecordForm(format, name: "runs")
    }

    private static let ruler: [Phrase] = [
        "100000", "folder/name-of-some-model", "published", "PASSED", "100/100", "100.0 MiB", "100.0 %", "100.0",
        "top1 98.3 % (+0.3)", "2026-11-23 13:55:22Z", "10 min 10 s", "why it failed",
    ]

    /// What stands before the runs.
    func head(more: Bool = false) throws -> String {
        format == .table
            ? table.head.rendered(isColoured: page.isColoured) + "\n" : try records.head([("more", more)])
    }

    /// The runs, which come behind those before.
    mutating func lines(_ runs: [RunSummary]) throws -> String {
        guard format == .table else { return try records.lines(runs) }
        return runs.map { table.line(RunTable.cells($0)).rendered(isColoured: page.isColoured) + "\n" }.joined()
    }

    /// What stands behind the runs.
    var end: String { records.end }
}
