/// A calibration table: rows of scales, for weights (`<layer>_param_<k> s0 s1 …`) and for the input of a layer
/// (`<layer> s`).
///
/// `#` starts a comment, blank lines mean nothing, words are parted by blanks or tabs, lines end with LF or CR LF. Of
/// several rows with one key the last counts.
public struct CalibrationTable: Hashable, Sendable {
    /// One row.
    public struct Row: Hashable, Sendable {
        /// The line it stands on, from 1.
        public let line: Int
        /// Its first word.
        public let key: String
        /// The scales; NaN where a word is no number.
        public let scales: [Float]
        /// The first word that is no decimal number, as `inf` and `nan` are none; nil in a sound row.
        public let badWord: String?
    }

    /// The file's name, for errors and notes.
    public let file: String
    /// The rows that count, in file order.
    public let rows: [Row]
    /// Rows that a later row with the same key replaces.
    public let replaced: [Row]

    public init(_ text: [UInt8], file: String) {
        var rows: [Row] = []
        for (index, line) in text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            if let row = Self.row(line, number: index + 1) { rows.append(row) }
        }
        let latest = Dictionary(rows.map { ($0.key, $0.line) }, uniquingKeysWith: { $1 })
        self.file = file
        self.rows = rows.filter { latest[$0.key] == $0.line }
        self.replaced = rows.filter { latest[$0.key] != $0.line }
    }

    private static func row(_ line: ArraySlice<UInt8>, number: Int) -> Row? {
        let words = line.split { $0 == 0x20 || (0x09...0x0D).contains($0) }
            .prefix { $0.first != UInt8(ascii: "#") }
            .map { String(decoding: $0, as: UTF8.self) }
        guard let key = words.first else { return nil }
        let scales = words.dropFirst().map(scale)
        let bad = zip(words.dropFirst(), scales).first { $1.isNaN || $1.isInfinite }?.0
        return Row(line: number, key: key, scales: scales, badWord: bad)
    }

    /// Upstream's own tool writes `inf` for a dead channel; that is a value here, though never a scale.
    private static func scale(_ word: String) -> Float {
        if let value = DecimalFloat.parse(word) { return value }
        switch word.lowercased() {
        case "inf", "+inf", "infinity", "+infinity": return .infinity
        case "-inf", "-infinity": return -.infinity
        default: return .nan
        }
    }
}
