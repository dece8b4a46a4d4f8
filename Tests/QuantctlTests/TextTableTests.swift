import Testing

@testable import quantctl

@Suite("Tables")
struct TextTableTests {
    private func table(_ rows: [[String]]) -> TextTable {
        var table = TextTable([
            .number("RUN"), .text("MODEL", least: 6), .word("WHEN", rank: 3), .number("SIZE", rank: 1),
            .path("PATH", least: 6, rank: 2),
        ])
        for row in rows { table.add(row) }
        return table
    }

    private let rows = [
        ["1", "vision/resnet18", "today", "39.2 KiB", "/out/vision/1"], ["12", "模型", "now", "1 B", "/out/2"],
    ]

    private func text(_ table: TextTable, _ width: Int?) -> [String] {
        table.lines(width: width).map(\.text)
    }

    @Test("without an edge nothing is cut, numbers stand on the right, and no line ends with blanks")
    func whole() {
        #expect(
            text(table(rows), nil) == [
                "RUN  MODEL            WHEN       SIZE  PATH",
                "  1  vision/resnet18  today  39.2 KiB  /out/vision/1",
                " 12  模型             now         1 B  /out/2",
            ])
    }

    @Test("a table that fits is left alone")
    func fits() {
        #expect(text(table(rows), 53) == text(table(rows), nil))
    }

    @Test("what matters least is cut first, paths at their front")
    func cut() {
        #expect(
            text(table(rows), 46)
                == [
                    "RUN  MODEL            WHEN       SIZE  PATH",
                    "  1  vision/resnet18  today  39.2 KiB  …sion/1",
                    " 12  模型             now         1 B  /out/2",
                ])
    }

    @Test("where cutting is not enough, columns are left out, and what is left has their room")
    func leftOut() {
        #expect(
            text(table(rows), 35) == [
                "RUN  MODEL            WHEN   PATH",
                "  1  vision/resnet18  today  …ion/1",
                " 12  模型             now    /out/2",
            ])
        #expect(
            text(table(rows), 12) == ["RUN  MODEL", "  1  vision…", " 12  模型"])
    }

    @Test("no line is wider than the terminal while a column can give way", arguments: 12...60)
    func width(width: Int) {
        for line in table(rows).lines(width: width) { #expect(line.cellCount <= width, "\(line.text)") }
    }

    @Test("a column without a word goes before any other")
    func blank() {
        var table = TextTable([.word("A"), .word("B", rank: 0), .word("C", rank: 9)])
        table.add(["aaaa", "bbbb", ""])
        #expect(text(table, 10) == ["A     B", "aaaa  bbbb"])
    }

    @Test("no column is cut for one without a word in it")
    func blankBesideText() {
        var table = TextTable([.text("TYPE", least: 4), .text("REASON", least: 4)])
        table.add(["ConvolutionDepthWise", ""])
        #expect(text(table, 22) == ["TYPE", "ConvolutionDepthWise"])
        #expect(text(table, 28) == ["TYPE                  REASON", "ConvolutionDepthWise"])
    }

    @Test("rows that come later stand below the columns of the earlier ones; on a terminal the last takes what is left")
    func ruled() {
        var table = TextTable([.number("RUN"), .word("STATUS"), .text("MESSAGE", least: 8)])
        table.add(["1", "running", ""])
        let row: [Phrase] = ["1000", "published", "a long message that goes on"]
        #expect(table.ruled(with: row).line(["2", "failed", "short"]).text == "   2  failed     short")
        #expect(
            table.ruled(with: ["100", "published", "x"]).line(row).text
                == "1000  published  a long message that goes on")
        let narrow = table.ruled(with: row, width: 30)
        #expect(narrow.line(row).text == "1000  published  a long messa…")
        #expect(narrow.line(["2", "failed", ""]).text == "   2  failed")
    }
}

@Suite("Curves and facts")
struct SparklineTests {
    @Test(
        "a curve goes from the lowest to the highest, with a blank for what is not known",
        arguments: [
            ([1, 2, 3, 4, 5, 6, 7, 8], "▁▂▃▄▅▆▇█"), ([0, nil, 1], "▁ █"), ([5, 5], "▄▄"), ([], ""), ([nil], " "),
            ([.nan, 1, .infinity, 2], " ▁ █"), ([-1e300, 1e300], "▁█"),
        ] as [([Double?], String)])
    func curve(values: [Double?], text: String) {
        #expect(Sparkline.text(values) == text)
    }

    @Test("facts are aligned, what is empty is left out, and long values go on below")
    func facts() {
        var facts = Facts()
        facts.add("a", "one two three four five six")
        facts.add("none", nil)
        facts.add("long name", "模型")
        let narrow = Page(terminal: nil, isCut: true, environment: [:])
        #expect(facts.lines(on: narrow).map(\.text) == ["  a          one two three four five six", "  long name  模型"])
        var page = narrow
        page.width = 33
        #expect(
            facts.lines(on: page).map(\.text) == [
                "  a          one two three four", "             five six", "  long name  模型",
            ])
    }
}
