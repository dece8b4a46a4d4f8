/// Reads the dictionary in a `.npy` header: a Python literal with exactly three keys.
struct NpyHeaderParser {
    struct Fields {
        var type = ""
        var isFortranOrder = false
        var shape: [Int] = []
    }

    private let text: [UInt8]
    private let file: String
    /// Where the text starts in the file, for errors.
    private let offset: Int
    private var position = 0

    init(_ text: [UInt8], file: String, offset: Int) {
        self.text = text
        self.file = file
        self.offset = offset
    }

    mutating func parse() throws(FormatError) -> Fields {
        var fields = Fields()
        var seen: Set<String> = []
        try expect("{")
        while !take("}") {
            let key = try string()
            guard seen.insert(key).inserted else { throw error("the header has '\(key)' twice") }
            try expect(":")
            switch key {
            case "descr": fields.type = try string()
            case "fortran_order": fields.isFortranOrder = try bool()
            case "shape": fields.shape = try tuple()
            default: throw error("the header has a key '\(key)', wanted descr, fortran_order and shape")
            }
            if !take(",") {
                try expect("}")
                break
            }
        }
        guard seen.count == 3 else {
            throw error("the header has \(seen.count) keys, wanted descr, fortran_order and shape")
        }
        skipBlanks()
        guard position == text.count else { throw error("the header goes on behind its dictionary") }
        return fields
    }

    private mutating func string() throws(FormatError) -> String {
        skipBlanks()
        guard position < text.count, text[position] == UInt8(ascii: "'") || text[position] == UInt8(ascii: "\"") else {
            throw error("the header has no quoted word here; records and nested types are not read")
        }
        let quote = text[position]
        guard let end = text[(position + 1)...].firstIndex(of: quote) else {
            throw error("the header has a word without a closing quote")
        }
        defer { position = end + 1 }
        return String(decoding: text[position + 1..<end], as: UTF8.self)
    }

    private mutating func bool() throws(FormatError) -> Bool {
        if take("True") { return true }
        guard take("False") else { throw error("fortran_order is neither True nor False") }
        return false
    }

    private mutating func tuple() throws(FormatError) -> [Int] {
        var extents: [Int] = []
        try expect("(")
        while !take(")") {
            skipBlanks()
            let digits = text[position...].prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            guard let extent = Int(String(decoding: digits, as: UTF8.self)) else {
                throw error("the shape has an extent that is no whole number")
            }
            position = digits.endIndex
            extents.append(extent)
            guard extents.count <= 64 else { throw error("the shape has more than 64 extents") }
            if !take(",") {
                try expect(")")
                break
            }
        }
        return extents
    }

    private mutating func skipBlanks() {
        while position < text.count, [0x20, 0x09, 0x0A, 0x0D].contains(text[position]) { position += 1 }
    }

    private mutating func take(_ word: StaticString) -> Bool {
        skipBlanks()
        let wanted = word.withUTF8Buffer(Array.init)
        guard text[position...].starts(with: wanted) else { return false }
        position += wanted.count
        return true
    }

    private mutating func expect(_ word: StaticString) throws(FormatError) {
        guard take(word) else { throw error("the header has no '\(word)' here") }
    }

    private func error(_ clause: String) -> FormatError {
        FormatError(file: file, .byte(offset + position), clause)
    }
}
