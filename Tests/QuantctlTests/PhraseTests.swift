import Testing

@testable import quantctl

@Suite("Words for people")
struct PhraseTests {
    @Test(
        "a name cannot move the cursor, ring, or turn the writing around",
        arguments: ["a\u{1B}[2Jb", "a\u{7}b", "a\rb", "a\nb", "a\u{202E}b", "a\u{2066}b", "a\u{2028}b", "a\u{9B}b"])
    func harmless(name: String) {
        let text = Phrase(name).rendered(isColoured: true)
        #expect(text.unicodeScalars.contains("\u{FFFD}"))
        #expect(text.hasPrefix("a") && text.hasSuffix("b"))
        #expect(!text.unicodeScalars.contains { $0.value < 0x20 || (0x7F..<0xA0).contains($0.value) })
    }

    @Test("letters of all languages and emoji stay as they are", arguments: ["模型", "ไทย", "नमूना", "👩🏽‍🚀", "é", "e\u{301}"])
    func kept(name: String) {
        #expect(Phrase(name).text == name)
    }

    @Test("only what stands out has escapes, and only where there are colours")
    func colours() {
        let phrase: Phrase = "run 1 \(Phrase("FAILED", .bad)), \("a", .strong)"
        #expect(phrase.rendered(isColoured: false) == "run 1 FAILED, a")
        #expect(phrase.rendered(isColoured: true) == "run 1 \u{1B}[31mFAILED\u{1B}[0m, \u{1B}[1ma\u{1B}[0m")
    }

    @Test(
        "a text is cut by cells, with an ellipsis in the last one",
        arguments: [
            ("abcdef", 6, "abcdef"), ("abcdef", 5, "abcd…"), ("abcdef", 1, "…"), ("abcdef", 0, ""), ("模型文件", 8, "模型文件"),
            ("模型文件", 7, "模型文…"), ("模型文件", 6, "模型…"), ("e\u{301}e\u{301}e\u{301}", 2, "e\u{301}…"),
        ])
    func cut(text: String, cells: Int, expected: String) {
        #expect(Phrase(text).cut(to: cells).text == expected)
        #expect(Phrase(text).cut(to: cells).cellCount <= cells)
    }

    @Test("a path is cut at its front", arguments: [("/a/b/net.param", 10, "…net.param"), ("模型文件", 6, "…文件")])
    func cutFront(text: String, cells: Int, expected: String) {
        #expect(Phrase(text).cut(to: cells, atFront: true).text == expected)
    }

    @Test("a cut phrase keeps what stands out")
    func cutStyles() {
        let phrase: Phrase = "ab\(Phrase("cdef", .bad))gh"
        #expect(phrase.cut(to: 4).rendered(isColoured: true) == "ab\u{1B}[31mc…\u{1B}[0m")
        #expect(phrase.cut(to: 4, atFront: true).rendered(isColoured: true) == "\u{1B}[31m…f\u{1B}[0mgh")
    }

    @Test("long words stand on lines of their own, the others fill lines")
    func wrapped() {
        let phrase: Phrase = "one two \(Phrase("three", .bad)) incomprehensibilities four"
        #expect(phrase.wrapped(to: 9).map(\.text) == ["one two", "three", "incomprehensibilities", "four"])
        let sizes: Phrase = "free are 69 GiB (26.1 %), for 3 days"
        #expect(sizes.wrapped(to: 12).map(\.text) == ["free are", "69 GiB", "(26.1 %),", "for 3 days"])
        let warning: Phrase = "say \(Phrase("no such thing", .bad))"
        #expect(warning.wrapped(to: 11)[0].rendered(isColoured: true) == "say \u{1B}[31mno such\u{1B}[0m")
        #expect(phrase.wrapped(to: nil).map(\.text) == [phrase.text])
        #expect(phrase.wrapped(to: 9)[1].rendered(isColoured: true) == "\u{1B}[31mthree\u{1B}[0m")
    }
}
