import TestSupport
import Testing

@testable import ModelFormat

#if canImport(Glibc)
    import Glibc
#endif

@Suite struct DecimalFloatTests {
    /// Halfway between two floats, just beside it, at the limits, and in every spelling.
    static let texts = [
        "0", "-0", "+1", "1.", ".5", "-.5e1", "1.e2", "00012.50", "1e0", "1E+2", "1e-2", "123456789012345",
        "1234567890123456789012345", "16777217", "16777217.0000000000001", "16777216.9999999999999", "16777219",
        "1.00000005960464477539", "1.0000000596046448", "1.000000059604645", "3.4028235e38", "3.4028236e38",
        "340282356779733661637539395458142568447", "340282356779733661637539395458142568448", "1e39", "1e400",
        "1.17549435e-38", "1.1754942e-38", "1e-45", "7.00649232162408535e-46", "7.1e-46", "7e-46", "1e-400", "1e22",
        "1e23", "9007199254740993", "0.1", "31.7500000", "127.000008",
    ]

    @Test("a decimal number is the float that strtof makes of it", arguments: texts)
    func likeLibrary(text: String) {
        let found = DecimalFloat.parse(text.utf8)
        #expect(found?.bitPattern == strtof(text, nil).bitPattern)
    }

    @Test("ten thousand numbers of every length are the floats that strtof makes of them")
    func many() {
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<10_000 {
            let digits = (0..<Int.random(in: 1...20, using: &generator)).map { _ in
                String(Int.random(in: 0...9, using: &generator))
            }
            let point = Int.random(in: 0...digits.count, using: &generator)
            var text = digits[..<point].joined() + "." + digits[point...].joined()
            if Bool.random(using: &generator) { text += "e\(Int.random(in: -50...40, using: &generator))" }
            #expect(DecimalFloat.parse(text.utf8)?.bitPattern == strtof(text, nil).bitPattern, "\(text)")
        }
    }

    @Test(
        "what is no decimal number is none",
        arguments: [
            "", "+", "-", ".", "e5", "1e", "1e+", "1.2.3", "0x10", "inf", "nan", "1 ", " 1", "1,5", "--1", "1e5e",
        ])
    func noNumber(text: String) {
        #expect(DecimalFloat.parse(text.utf8) == nil)
    }
}
