/// Rows of words as aligned columns.
struct TextTable {
    /// One column. Where a table is too wide for the terminal, the columns that matter least give way first: they are cut
    /// as far as they may be, and left out where that is not enough.
    struct Column {
        let title: String
        /// Numbers stand on the right.
        let isNumber: Bool
        /// The cells that it keeps when it is cut; nil where it is never cut, because part of it says something else.
        let least: Int?
        /// Where it is cut: what matters of a path stands at its end.
        let cutsFront: Bool
        /// The column with the lowest gives way first; nil for one that always stays.
        let rank: Int?

        private init(_ title: String, isNumber: Bool = false, least: Int? = nil, cutsFront: Bool = false, rank: Int?) {
            self.title = title
            self.isNumber = isNumber
            self.least = least
            self.cutsFront = cutsFront
            self.rank = rank
        }

        /// Words that are short or must be read whole.
        static func word(_ title: String, rank: Int? = nil) -> Column {
            Column(title, rank: rank)
        }

        static func number(_ title: String, rank: Int? = nil) -> Column {
            Column(title, isNumber: true, rank: rank)
        }

        /// Text that may be cut at its end.
        static func text(_ title: String, least: Int = 12, rank: Int? = nil) -> Column {
            Column(title, least: least, rank: rank)
        }

        /// A path, which may be cut at its front.
        static func path(_ title: String, least: Int = 24, rank: Int? = nil) -> Column {
            Column(title, least: least, cutsFront: true, rank: rank)
        }
    }

    let columns: [Column]
    private var rows: [[Phrase]] = []

    init(_ columns: [Column]) {
        self.columns = columns
    }

    /// Adds a row; it has one cell for each column.
    mutating func add(_ cells: [Phrase]) {
        rows.append(cells)
    }

    /// Adds a row of words that do not stand out.
    mutating func add(_ cells: [String]) {
        rows.append(cells.map { Phrase($0) })
    }

    var isEmpty: Bool { rows.isEmpty }

    /// The table as lines, with its titles.
    ///
    /// - Parameter width: the cells of the terminal; nil where nothing is cut.
    func lines(width: Int? = nil) -> [Phrase] {
        let ruled = ruled(width: width)
        return [ruled.head] + rows.map(ruled.line)
    }

    /// The table's columns, as wide as its rows and one more row need them.
    func ruled(with row: [Phrase]? = nil, width: Int? = nil) -> RuledTable {
        let wanted = columns.indices.map { index in
            (rows + [row].compactMap(\.self)).reduce(columns[index].title.cellCount) { max($0, $1[index].cellCount) }
        }
        return RuledTable(columns: columns, widths: width.map { fit(wanted, into: $0) } ?? wanted, width: width)
    }

    /// Widths that fit, 0 for columns that are left out.
    private func fit(_ wanted: [Int], into width: Int) -> [Int] {
        // A column without a word in it goes before any other, and before any other is cut.
        let isBlank = columns.indices.map { index in
            wanted[index] == columns[index].title.cellCount && rows.allSatisfy { $0[index].isEmpty }
        }
        let rank = { (index: Int) in isBlank[index] ? -1 : columns[index].rank ?? .max }
        let least = columns.indices.map { min(wanted[$0], columns[$0].least ?? wanted[$0]) }
        var shown: [Int] = []
        func total(_ widths: [Int]) -> Int { shown.reduce(2 * (shown.count - 1)) { $0 + widths[$1] } }

        for index in columns.indices.sorted(by: { rank($0) > rank($1) }) {
            shown.append(index)
            if isBlank[index] ? total(wanted) > width : rank(index) < .max && total(least) > width {
                shown.removeLast()
            }
        }
        var widths = wanted.indices.map { shown.contains($0) ? wanted[$0] : 0 }
        for index in shown.sorted(by: { rank($0) < rank($1) }) {
            widths[index] -= min(max(0, total(widths) - width), widths[index] - least[index])
        }
        return widths
    }
}

/// Columns whose widths are decided.
struct RuledTable {
    let columns: [TextTable.Column]
    /// 0 for a column that is left out.
    let widths: [Int]
    /// The cells of the terminal; nil where nothing is cut.
    let width: Int?

    /// The line of titles.
    var head: Phrase { line(columns.map { Phrase($0.title, .strong) }) }

    /// A row as a line. On a terminal cells are cut to their columns, the last one to what is left of the line.
    func line(_ cells: [Phrase]) -> Phrase {
        let shown = columns.indices.filter { widths[$0] > 0 }
        var line = Phrase()
        // Blanks that stand before the next word, if there is one.
        var gap = 0
        for index in shown {
            let before = line.cellCount + gap
            let room = width.map { index == shown.last ? max(widths[index], $0 - before) : widths[index] }
            let cell = room.map { cells[index].cut(to: $0, atFront: columns[index].cutsFront) } ?? cells[index]
            let padding = max(0, widths[index] - cell.cellCount)
            if columns[index].isNumber { gap += padding }
            if !cell.isEmpty {
                line.add(String(repeating: " ", count: gap))
                line = line + cell
                gap = 0
            }
            if !columns[index].isNumber { gap += padding }
            gap += 2
        }
        return line
    }
}
