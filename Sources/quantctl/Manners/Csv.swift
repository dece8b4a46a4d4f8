/// Comma-separated values after RFC 4180: lines end with CR LF, and a field is quoted where it has to be.
enum Csv {
    /// A line of names and a line for each record.
    static func text(_ records: Records) -> String {
        line(records.columns) + records.rows.map { line($0.values.map(cell)) }.joined()
    }

    static func line(_ cells: [String]) -> String {
        cells.map(quoted).joined(separator: ",") + "\r\n"
    }

    static func cell(_ value: FieldValue?) -> String {
        switch value {
        case nil: ""
        case .integer(let number): "\(number)"
        case .number(let number): "\(number)"
        case .flag(let flag): flag ? "true" : "false"
        case .text(let text): tame(text)
        case .texts(let texts): tame(texts.joined(separator: "; "))
        }
    }

    /// Spreadsheets take what begins so for a formula, and a formula in a file's name could do harm: an apostrophe in
    /// front makes it text (OWASP, "CSV Injection"). Numbers are left alone.
    private static func tame(_ text: String) -> String {
        guard let first = text.unicodeScalars.first,
            "=+-@\t\r\u{FF1D}\u{FF0B}\u{FF0D}\u{FF20}".unicodeScalars.contains(first)
        else { return text }
        return "'" + text
    }

    private static func quoted(_ cell: String) -> String {
        guard cell.utf8.contains(where: { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }) else { return cell }
        return "\"" + cell.replacing("\"", with: "\"\"") + "\""
    }
}
