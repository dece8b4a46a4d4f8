import Ledger

/// A history that is printed bit by bit, in any form.
struct HistoryForm {
    private let format: OutputFormat
    private let page: Page
    private let table: RuledTable
    private var isFirst = true

    /// - Parameter runs: the first ones. The columns of the table are as wide as they and ordinary runs need them, so that
    ///   later lines stand below earlier ones.
    init(_ format: OutputFormat, page: Page, first runs: [RunSummary]) {
        self.format = format
        self.page = page
        table = RunTable.table(runs).ruled(with: Self.ruler, width: page.width)
    }

    private static let ruler: [Phrase] = [
        "100000", "folder/name-of-some-model", "published", "PASSED", "100/100", "100.0 MiB", "100.0 %", "100.0",
        "top1 98.3 % (+0.3)", "2026-11-23 13:55:22Z", "10 min 10 s", "why it failed",
    ]

    /// What stands before the runs.
    func head(more: Bool = false) -> String {
        switch format {
        case .table: table.head.rendered(isColoured: page.isColoured) + "\n"
        case .csv: Csv.line(Records([RunSummary]()).columns)
        case .json: "{\n  \"more\" : \(more),\n  \"runs\" : [\n"
        case .jsonl: ""
        }
    }

    /// The runs, which come behind those before.
    mutating func lines(_ runs: [RunSummary]) throws -> String {
        try runs.map { run in
            defer { isFirst = false }
            return switch format {
            case .table: table.line(RunTable.cells(run)).rendered(isColoured: page.isColoured) + "\n"
            case .csv: Csv.line(run.record.values.map(Csv.cell))
            case .json: (isFirst ? "" : ",\n") + Self.indented(try Json.text(run.record))
            case .jsonl: try Json.line(run.record) + "\n"
            }
        }.joined()
    }

    /// What stands behind the runs.
    var end: String { format == .json ? "\n  ],\n  \"schema_version\" : 1\n}\n" : "" }

    private static func indented(_ text: String) -> String {
        text.split(separator: "\n").map { "    " + $0 }.joined(separator: "\n")
    }
}
