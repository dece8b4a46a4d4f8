import Glibc
import Testing

@testable import quantctl

@Suite("Cells of a terminal")
struct CellTests {
    @Test(
        "a character takes as many cells as terminals give it",
        arguments: [
            ("a", 1), ("é", 1), ("e\u{301}", 1), ("模", 2), ("ｱ", 1), ("Ａ", 2), ("한", 2), ("각", 2), ("—", 1), ("→", 1),
            ("✅", 2),
            ("🚀", 2), ("👩🏽‍🚀", 2), ("❤\u{FE0F}", 2), ("❤", 1), ("🇩🇪", 2), ("\u{200B}", 0), ("\u{AD}", 1), ("นี่", 1),
            ("█", 1),
        ])
    func width(text: String, cells: Int) {
        #expect(text.cellCount == cells)
    }

    @Test("of all letters, as many cells as the C library says")
    func likeTheLibrary() throws {
        // Looked up by name, because Swift's Glibc module leaves it out.
        let symbol = try #require(dlsym(nil, "wcwidth"))
        let wcwidth = unsafeBitCast(symbol, to: (@convention(c) (wchar_t) -> CInt).self)
        // Debian has this locale always; its tables are Unicode's.
        let locale = try #require(newlocale(LC_CTYPE_MASK, "C.UTF-8", nil))
        defer { freelocale(locale) }
        let previous = uselocale(locale)
        defer { uselocale(previous) }
        var others: [UInt32] = []
        for value in UInt32(0x20)...0x3FFFF {
            guard let scalar = Unicode.Scalar(value) else { continue }
            switch scalar.properties.generalCategory {
            case .control, .unassigned, .privateUse, .surrogate, .lineSeparator, .paragraphSeparator: continue
            default: break
            }
            let library = Int(wcwidth(wchar_t(bitPattern: value)))
            if library >= 0, String(scalar).cellCount != library { others.append(value) }
        }
        // The library's Unicode is older: this vowel of Ahom has become one with a cell of its own.
        others.removeAll { $0 == 0x1171E }
        #expect(others.isEmpty, "\(others.count): \(others.prefix(40).map { String($0, radix: 16) })")
    }
}
