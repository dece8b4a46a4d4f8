/// Rows for programs that are printed bit by bit, as `json`, `jsonl` or `csv`: memory does not grow with their number.
struct RecordForm<Row: Recordable> {
    private let format: OutputFormat
    private let name: String
    private var isFirst = true

    /// - Parameter name: what the rows are called in the document that `json` prints.
    init(_ format: OutputFormat, name: String) {
        self.format = format
        self.name = name
    }

    /// What stands before the rows.
    ///
    /// - Parameter facts: what else the document says, in the order of its keys, all of which come before the name of the
    ///   rows in the alphabet.
    func head(_ facts: [(key: String, value: any Encodable)] = []) throws -> String {
        switch format {
        case .json:
            let lines = try facts.map { "  \"\($0.key)\" : \(try Self.indented(Json.text($0.value), by: 2)),\n" }
            return "{\n" + lines.joined() + "  \"\(name)\" : [\n"
        case .csv: return Csv.line(Row.fields.flatMap(\.names))
        case .jsonl, .table: return ""
        }
    }

    /// Rows, which come behind those before.
    mutating func lines(_ rows: some Sequence<Row>) throws -> String {
        try rows.map { row in
            defer { isFirst = false }
            return switch format {
            case .csv: Csv.line(row.record.values.map(Csv.cell))
            case .json: (isFirst ? "    " : ",\n    ") + Self.indented(try Json.text(row.record), by: 4)
            case .jsonl, .table: try Json.line(row.record) + "\n"
            }
        }.joined()
    }

    /// What stands behind the rows.
    var end: String {
        format == .json ? "\n  ],\n  \"schema_version\" : 1\n}\n" : ""
    }

    private static func indented(_ text: String, by depth: Int) -> String {
        text.replacing("\n", with: "\n" + String(repeating: " ", count: depth))
    }
}
