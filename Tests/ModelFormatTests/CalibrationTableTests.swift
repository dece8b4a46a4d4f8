import ModelFormat
import Testing

@Suite struct CalibrationTableTests {
    static func table(_ text: String) -> CalibrationTable {
        CalibrationTable(Array(text.utf8), file: "m.table")
    }

    @Test("rows keep key, scales and line; comments, blank lines, tabs and CR LF mean nothing")
    func rows() {
        let table = Self.table("# made by hand\r\n\r\nconv_param_0 1.5 2e1 .5\r\n  conv\t29.25 # input\n\n#conv 1\n")
        #expect(table.rows.map(\.key) == ["conv_param_0", "conv"])
        #expect(table.rows.map(\.line) == [3, 4])
        #expect(table.rows.map(\.scales.values) == [[1.5, 20, 0.5], [29.25]])
        #expect(table.rows.allSatisfy { $0.scales.badWord == nil })
    }

    @Test("of several rows with one key the last counts, the others are named")
    func duplicates() {
        let table = Self.table("a 1\nb 2\na 3\n")
        #expect(table.rows.map(\.line) == [2, 3])
        #expect(table.replaced.map(\.line) == [1])
    }

    @Test(
        "a word that is no number is named and gives no scale",
        arguments: ["junk", "1.5x", "0x10", "--1", "1e", ".", "nan", "inf", "-inf"])
    func badWords(word: String) throws {
        let row = try #require(Self.table("a 1 \(word) 2\n").rows.first)
        #expect(row.scales.badWord == word)
        #expect(row.scales.values.count == 3)
        #expect(!row.scales.values[1].isFinite)
    }

    @Test("a table of no rows, of bytes that are no text, and of one very long row are read")
    func extremes() {
        #expect(Self.table("").rows.isEmpty)
        #expect(CalibrationTable([0xFF, 0xFE, 0x20, 0x31, 0x0A], file: "m.table").rows.count == 1)
        let long = Self.table("a" + String(repeating: " 1.0", count: 100_000))
        #expect(long.rows.first?.scaleCount == 100_000)
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
        #expect(rows.unknown.isEmpty)
    }

    @Test("a row that names no layer is unknown, a table of such rows is foreign")
    func unknownRows() throws {
        let rows = try Self.rows("ghost 1\nghost_param_0 1\na_param_x 1\na_param_-1 1\na_param_ 1\n", layers: ["a"])
        #expect(rows.unknown.count == 5)
        #expect(rows.isForeign)
        #expect(try !Self.rows("a 1\n", layers: ["a"]).isForeign)
    }

    @Test("names of 255 bytes have rows")
    func longNames() throws {
        let name = String(repeating: "n", count: 255)
        #expect(try Self.rows("\(name)_param_3 1\n", layers: [name]).weights[1]?[3] != nil)
    }
}
