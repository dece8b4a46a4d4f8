import ModelFormat
import TestSupport
import Testing

@testable import Images

@Suite("damaged images")
struct DamagedImageTests {
    /// What is said of each file in `Tests/Fixtures/images/damaged`.
    static let clauses = [
        "100000x100000.png": "has 100000×100000 pixels, images are read up to 67108864 pixels and 1048576 a side",
        "2147483647x1.png": "has 2147483647×1 pixels, images are read up to 67108864 pixels and 1048576 a side",
        "65500x65500.jpg": "has 65500×65500 pixels, images are read up to 67108864 pixels and 1048576 a side",
        "cut-before-its-end.jpg": "cannot be decoded as JPEG: premature end of JPEG file",
        "cut-before-its-end.png": "cannot be decoded as PNG: the file ends early",
        "cut.jpg": "cannot be decoded as JPEG: premature end of JPEG file",
        "cut.png": "cannot be decoded as PNG: the file ends early",
        "empty.jpg": "is empty",
        "end-in-the-middle.jpg": "cannot be decoded as JPEG: corrupt JPEG data: premature end of data segment",
        "flipped-bit.png": "cannot be decoded as PNG: IDAT: incorrect data check",
        "many-scans.jpg": "cannot be decoded as JPEG: too many scans (101)",
        "only-a-signature.png": "cannot be decoded as PNG: the file ends early",
        "only-a-start.jpg": "cannot be decoded as JPEG: premature end of JPEG file",
        "twelve-bits.jpg": "cannot be decoded as JPEG: unsupported JPEG data precision 12",
        "two-letters.png": "is neither PNG nor JPEG, it begins with bytes 42 4d",
        "webp.png": "is neither PNG nor JPEG, it begins with bytes 52 49 46 46",
    ]

    static func clause(_ content: [UInt8], _ name: String) throws -> String {
        try #require(throws: FormatError.self) {
            try Pixels(decoding: content, file: name, hasAlpha: false)
        }.clause
    }

    @Test("each has its clause")
    func all() {
        #expect(Set(Self.clauses.keys) == Set(ImageFixtures.names("damaged")))
    }

    @Test("are refused with a clause", arguments: ImageFixtures.names("damaged"))
    func refused(_ name: String) throws {
        let clause = try Self.clause(ImageFixtures.bytes("damaged", name), name)
        #expect(clause == Self.clauses[name])
    }

    @Test(
        "cut anywhere, an image is refused",
        arguments: ["rgba16-interlaced.png", "palette4.png", "420.jpg", "progressive.jpg", "cmyk.jpg"])
    func cut(_ name: String) throws {
        let content = try ImageFixtures.bytes("decoded", name)
        for count in 0..<content.count {
            #expect(try !Self.clause(Array(content.prefix(count)), name).isEmpty)
        }
    }

    @Test("wounded at random, an image is refused with a clause or has all its pixels", arguments: DecodingTests.names)
    func wounded(_ name: String) throws {
        let content = try ImageFixtures.bytes("decoded", name)
        var mutator = Mutator(seed: UInt64(name.utf8.reduce(0) { $0 &* 31 &+ UInt64($1) }))
        var outcomes = (images: 0, refusals: 0)
        for round in 0..<200 {
            do {
                let pixels = try Pixels(decoding: mutator.damaged(content), file: name, hasAlpha: round % 2 == 0)
                #expect(pixels.bytes.count == pixels.width * pixels.height * pixels.channels)
                outcomes.images += 1
            } catch {
                #expect(!error.clause.isEmpty)
                outcomes.refusals += 1
            }
        }
        // A checksum over each chunk leaves no wounded PNG whole.
        #expect(outcomes.refusals > 0 && (outcomes.images > 0 || name.hasSuffix("png")), "\(outcomes)")
    }
}
