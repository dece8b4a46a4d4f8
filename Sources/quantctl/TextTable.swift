/// Rows of words as aligned columns.
struct TextTable {
    /// One column.
    struct Column {
        let title: String
        /// Numbers stand on the right.
        let isNumber: Bool
        /// Whether the column may be cut where the table is too wide for the terminal.
        let canShrink: Bool

        static func word(_ title: String) -> Column { Column(title: title, isNumber: false, canShrink: false) }
        static func number(_ title: String) -> Column { Column(title: title, isNumber: true, canShrink: false) }
        static func clause(_ title: String) -> Column { Column(title: title, isNumber: false, canShrink: true) }
    }

    let columns: [Column]
    private var rows: [[String]] = []

    init(_ columns: [Column]) {
        self.columns = columns
    }

    /// Adds a row; it has one cell for each column.
    mutating func add(_ cells: [String]) {
        rows.append(cells.map(Self.printable))
    }

    /// The table as lines, with its titles.
    ///
    /// - Parameter width: the columns of the terminal; nil where nothing is cut.
    func lines(width: Int? = nil) -> [String] {
        var widths = columns.indices.map { index in
            ([columns[index].title] + rows.map { $0[index] }).map(\.columnCount).max() ?? 0
        }
        if let width { shrink(&widths, to: width) }
        return ([columns.map(\.title)] + rows).map { cells in
            columns.indices
                .map { index in
                    let cell = cells[index].cut(to: widths[index])
                    let padding = String(repeating: " ", count: max(0, widths[index] - cell.columnCount))
                    return columns[index].isNumber ? padding + cell : cell + padding
                }
                .joined(separator: "  ")
                .trimmingTrailingBlanks
        }
    }

    private func shrink(_ widths: inout [Int], to width: Int) {
        let gaps = 2 * (columns.count - 1)
        for index in columns.indices.reversed() where columns[index].canShrink {
            let excess = widths.reduce(gaps, +) - width
            guard excess > 0 else { return }
            widths[index] = max(columns[index].title.columnCount, 12, widths[index] - excess)
        }
    }

    /// Names come from files: a control character must not reach the terminal.
    private static func printable(_ text: String) -> String {
        String(text.unicodeScalars.map { $0.properties.generalCategory == .control ? "\u{FFFD}" : Character($0) })
    }
}

extension String {
    /// Columns of a terminal that the text takes: two for East Asian wide characters, none for combining ones.
    var columnCount: Int {
        unicodeScalars.reduce(0) { $0 + $1.columnCount }
    }

    /// The text cut to some columns, with an ellipsis for what is gone.
    func cut(to width: Int) -> String {
        guard columnCount > width else { return self }
        var result = ""
        var columns = 0
        for character in self {
            let next = String(character).columnCount
            guard columns + next < width else { break }
            columns += next
            result.append(character)
        }
        return result + "…"
    }

    fileprivate var trimmingTrailingBlanks: String {
        var result = self
        while result.last == " " { result.removeLast() }
        return result
    }
}

extension Unicode.Scalar {
    /// After the ranges of Unicode's EastAsianWidth.txt that are wide in practice.
    fileprivate var columnCount: Int {
        switch properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: return 0
        default: break
        }
        switch value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
            0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
            return 2
        default: return 1
        }
    }
}
