import Foundation
import ModelFormat
import SystemPackage
import TestSupport
import Testing

@testable import Images

/// The fixtures, which `Tests/Fixtures/images/README.md` describes.
enum ImageFixtures {
    static let folder = Fixtures.folder.appending("images")

    static func names(_ part: String) -> [String] {
        let path = folder.appending(part).string
        return ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
    }

    static func bytes(_ part: String, _ name: String) throws -> [UInt8] {
        try Fixtures.bytes(folder.appending(part).appending(name))
    }

    static func npy(_ part: String, _ name: String) throws -> NpyFile {
        try NpyFile(FileBytes(folder.appending(part).appending(name)), limit: 1 << 20)
    }
}

@Suite("image files")
struct DecodingTests {
    static let names = ImageFixtures.names("decoded").filter { !$0.hasSuffix(".npy") }
    static let withAlpha = ImageFixtures.names("decoded").filter { $0.hasSuffix(".rgba.npy") }

    @Test("are decoded to the pixels that OpenCV gives", arguments: names)
    func decoded(_ name: String) throws {
        let pixels = try Pixels(decoding: ImageFixtures.bytes("decoded", name), file: name, hasAlpha: false)
        let recorded = try ImageFixtures.npy("decoded", "\(name).rgb.npy")
        #expect([pixels.height, pixels.width, pixels.channels] == recorded.shape)
        #expect(pixels.bytes == recorded.floats.map { UInt8($0) })
    }

    @Test("keep their alpha where it is wanted", arguments: withAlpha)
    func alpha(_ recorded: String) throws {
        let name = String(recorded.dropLast(".rgba.npy".count))
        let pixels = try Pixels(decoding: ImageFixtures.bytes("decoded", name), file: name, hasAlpha: true)
        #expect(pixels.channels == 4)
        #expect(pixels.bytes == (try ImageFixtures.npy("decoded", recorded)).floats.map { UInt8($0) })
    }

    @Test(
        "without alpha have one of 255 where it is wanted", arguments: ["rgb.png", "420.jpg", "grey.jpg", "cmyk.jpg"])
    func opaque(_ name: String) throws {
        let content = try ImageFixtures.bytes("decoded", name)
        let three = try Pixels(decoding: content, file: name, hasAlpha: false)
        let four = try Pixels(decoding: content, file: name, hasAlpha: true)
        let wanted = stride(from: 0, to: three.bytes.count, by: 3).flatMap { three.bytes[$0..<$0 + 3] + [255] }
        #expect(four.bytes == wanted)
    }

    @Test("of a transparent gray get alpha from it")
    func transparentGray() throws {
        let name = "grey8-transparent.png"
        let pixels = try Pixels(decoding: ImageFixtures.bytes("decoded", name), file: name, hasAlpha: true)
        for start in stride(from: 0, to: pixels.bytes.count, by: 4) {
            #expect(pixels.bytes[start + 3] == (pixels.bytes[start] == 77 ? 0 : 255))
        }
        #expect(pixels.bytes[3] == 0)
    }

    @Test("are known by their first bytes, whatever their names say")
    func magic() throws {
        let content = try ImageFixtures.bytes("decoded", "420.jpg")
        #expect(try Pixels(decoding: content, file: "photo.png", hasAlpha: false).width == 33)
    }
}
