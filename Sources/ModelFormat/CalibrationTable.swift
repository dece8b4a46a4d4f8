/// A calibration table: rows of scales, for weights (`<layer>_param_<k> s0 s1 …`) and for the input of a layer
/// (`<layer> s`).
///
/// `#` starts a comment, blank lines mean nothing, words are parted by blanks or tabs, lines end with LF or CR LF. Nothing
/// of it is kept but the text: a table may be large, and of no use for the model that it lies beside.
public struct CalibrationTable: Hashable, Sendable {
    /// One row. Its numbers are read when they are asked for: most of a table that belongs elsewhere never is.
    public struct Row: Hashable, Sendable {
        /// The line it stands on, from 1.
        public let line: Int
        /// Its first word.
        public let key: String
        /// What stands behind the key.
        private let rest: ArraySlice<UInt8>

        /// Longer than any that names a layer: ncnn's names have 255 bytes at most.
        private static let longestKey = 300

        /// nil where the line has no word.
        fileprivate init?(_ text: ArraySlice<UInt8>, line: Int) {
            var rest = text
            guard let key = rest.takeWord() else { return nil }
            self.line = line
            // What may be all of a damaged file is not made a text.
            self.key =
                key.count <= Self.longestKey
                ? String(decoding: key, as: UTF8.self) : String(decoding: key.prefix(40), as: UTF8.self) + "…"
            self.rest = rest
        }

        /// How many scales it has, counted without reading them.
        public var scaleCount: Int {
            var rest = rest
            var count = 0
            while rest.takeWord() != nil { count += 1 }
            return count
        }

        /// The scales, and what is wrong with them.
        public var scales: Scales { Scales(rest) }
    }

    /// The numbers of a row.
    public struct Scales: Hashable, Sendable {
        /// NaN where a word is no number.
        public let values: [Float]
        /// The first word that is no number; nil where all are.
        public let badWord: String?

        fileprivate init(_ text: ArraySlice<UInt8>) {
            var rest = text
            var values: [Float] = []
            var badWord: String?
            while let word = rest.takeWord() {
                let value = Self.value(word)
                if badWord == nil, value.isNaN { badWord = String(decoding: word, as: UTF8.self) }
                values.append(value)
            }
            self.values = values
            self.badWord = badWord
        }

        /// Upstream's own tool writes `inf` for a dead channel; that is a value here, though never a scale.
        private static func value(_ word: ArraySlice<UInt8>) -> Float {
            if let value = DecimalFloat.parse(word) { return value }
            switch String(decoding: word, as: UTF8.self).lowercased() {
            case "inf", "+inf", "infinity", "+infinity": return .infinity
            case "-inf", "-infinity": return -.infinity
            default: return .nan
            }
        }
    }

    /// The file's name, for errors and notes.
    public let file: String
    private let text: [UInt8]

    public init(_ text: [UInt8], file: String) {
        self.text = text
        self.file = file
    }

    /// Passes the rows in file order, whether they count or not.
    public func forEachRow(_ body: (Row) -> Void) {
        var line = 1
        var start = 0
        while start < text.count {
            let end = text[start...].firstIndex(of: UInt8(ascii: "\n")) ?? text.count
            if let row = Row(text[start..<end], line: line) { body(row) }
            line += 1
            start = end + 1
        }
    }
}

extension ArraySlice<UInt8> {
    /// Takes the next word of a line away; nil at its end and where a comment begins.
    fileprivate mutating func takeWord() -> ArraySlice<UInt8>? {
        self = drop(while: Self.isBlank)
        guard let first, first != UInt8(ascii: "#") else { return nil }
        let word = prefix { !Self.isBlank($0) }
        self = self[word.endIndex...]
        return word
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || (0x09...0x0D).contains(byte)
    }
}
