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
        var rest = line
        guard let key = takeWord(&rest) else { return nil }
        var scales: [Float] = []
        var badWord: String?
        while let word = takeWord(&rest) {
            let scale = scale(word)
            if badWord == nil, !scale.isFinite { badWord = String(decoding: word, as: UTF8.self) }
            scales.append(scale)
        }
        return Row(line: number, key: String(decoding: key, as: UTF8.self), scales: scales, badWord: badWord)
    }

    /// The next word of a line; nil at its end and where a comment begins.
    private static func takeWord(_ line: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        line = line.drop(while: isBlank)
        guard let first = line.first, first != UInt8(ascii: "#") else { return nil }
        let word = line.prefix { !isBlank($0) }
        line = line[word.endIndex...]
        return word
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || (0x09...0x0D).contains(byte)
    }

    /// Upstream's own tool writes `inf` for a dead channel; that is a value here, though never a scale.
    private static func scale(_ word: ArraySlice<UInt8>) -> Float {
        if let value = DecimalFloat.parse(word) { return value }
        switch String(decoding: word, as: UTF8.self).lowercased() {
        case "inf", "+inf", "infinity", "+infinity": return .infinity
        case "-inf", "-infinity": return -.infinity
        default: return .nan
        }
    }
}
