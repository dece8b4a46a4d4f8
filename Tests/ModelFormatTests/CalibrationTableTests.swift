import ModelFormat
import Testing

@Suite struct CalibrationTableTests {
    static func table(_ text: String) -> CalibrationTable {
        CalibrationTable(Array(text.utf8), file: "m.table")
    }

    static func allRows(_ table: CalibrationTable) -> [CalibrationTable.Row] {
        var rows: [CalibrationTable.Row] = []
        table.forEachRow { rows.append($0) }
        return rows
    }

    @Test("rows keep key, scales and line; comments, blank lines, tabs and CR LF mean nothing")
    func rows() {
        let rows = Self.allRows(
            Self.table("# made by hand\r\n\r\nconv_param_0 1.5 2e1 .5\r\n  conv\t29.25 # input\n\n#conv 1\n"))
        #expect(rows.map(\.key) == ["conv_param_0", "conv"])
        #expect(rows.map(\.line) == [3, 4])
        #expect(rows.map(\.scales.values) == [[1.5, 20, 0.5], [29.25]])
        #expect(rows.allSatisfy { $0.scales.badWord == nil })
    }

    @Test(
        "a word that is no number is named and gives no scale",
        arguments: ["junk", "1.5x", "0x10", "--1", "1e", ".", "nan"])
    func badWords(word: String) throws {
        let row = try #require(Self.allRows(Self.table("a 1 \(word) 2\n")).first)
        #expect(row.scales.badWord == word)
        #expect(row.scales.values.count == 3)
        #expect(row.scales.values[1].isNaN)
    }

    @Test("infinity, which the calibration tool writes for a dead channel, is read", arguments: ["inf", "-inf"])
    func infinity(word: String) throws {
        let row = try #require(Self.allRows(Self.table("a 1 \(word) 2\n")).first)
        #expect(row.scales.badWord == nil)
        #expect(row.scales.values == [1, word == "inf" ? .infinity : -.infinity, 2])
    }

    @Test("a table of no rows, of bytes that are no text, and of one very long row are read")
    func extremes() {
        #expect(Self.allRows(Self.table("")).isEmpty)
        #expect(Self.allRows(CalibrationTable([0xFF, 0xFE, 0x20, 0x31, 0x0A], file: "m.table")).count == 1)
        let long = Self.table("a" + String(repeating: " 1.0", count: 100_000))
        #expect(Self.allRows(long).first?.scaleCount == 100_000)
    }

    @Test("a key that is longer than any name of a layer is abridged")
    func longKey() {
        let rows = Self.allRows(Self.table(String(repeating: "k", count: 301) + " 1\n"))
        #expect(rows.map(\.key) == [String(repeating: "k", count: 40) + "…"])
    }

    // MARK: Rows and layers

    static func rows(_ text: String, layers: [String]) throws -> TableRows {
        let lines = layers.enumerated().map { "ReLU \($1) 1 1 b\($0) b\($0 + 1)\n" }.joined()
        let model = "7767517\n\(layers.count + 1) \(layers.count + 1)\nInput in 0 1 b0\n\(lines)"
        return TableRows(table(text), for: try ParamFile(Array(model.utf8), file: "m.param"))
    }

    @Test("a layer's name may contain _param_")
    func paramInName() throws {
        let rows = try Self.rows("a_param_0_x_param_0 1 2\na_param_0_x 3\n", layers: ["a_param_0_x"])
        #expect(rows.weights[1]?[0]?.scales.values == [1, 2])
        #expect(rows.activation[1]?.scales.values == [3])
        #expect(rows.unknown.count == 0)
    }

    @Test("of several rows for the same scales the last counts, the others are counted")
    func duplicates() throws {
        let rows = try Self.rows("a 1\nb 2\na 3\na_param_0 4\na_param_00 5\n", layers: ["a", "b"])
        #expect(rows.activation[1]?.line == 3)
        #expect(rows.weights[1]?[0]?.line == 5)
        #expect(rows.replaced.first.map(\.line) == [1, 4])
    }

    @Test("of very many rows that name no layer the first are kept, and how many there are")
    func manyUnknown() throws {
        let rows = try Self.rows(String(repeating: "ghost 1\n", count: 1000) + "a 1\n", layers: ["a"])
        #expect(rows.unknown.count == 1000)
        let notes = rows.unknown.notes(in: "m.table", "names no layer")
        #expect(notes.count == rows.unknown.first.count + 1)
        #expect(notes.first == "m.table:1: row 'ghost' names no layer")
        #expect(notes.last == "m.table: \(1000 - rows.unknown.first.count) more rows like these")
    }

    @Test("a row that names no layer is unknown, a table of such rows is foreign")
    func unknownRows() throws {
        let rows = try Self.rows(
            "ghost 1\nghost_param_0 1\na_param_x 1\na_param_-1 1\na_param_ 1\na_param_100 1\n", layers: ["a"])
        #expect(rows.unknown.count == 6)
        #expect(rows.isForeign)
        #expect(try !Self.rows("a 1\n", layers: ["a"]).isForeign)
    }

    @Test("names of 255 bytes have rows")
    func longNames() throws {
        let name = String(repeating: "n", count: 255)
        #expect(try Self.rows("\(name)_param_3 1\n", layers: [name]).weights[1]?[3] != nil)
    }
}
