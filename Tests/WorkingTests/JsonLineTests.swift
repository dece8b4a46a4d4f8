import ModelFormat
import SystemPackage
import Testing
import Vocabulary

@testable import Working

@Suite struct JsonLineTests {
    @Test("a reply with infinities comes back as it was, in one line")
    func infinities() throws {
        let layer = LayerReport(
            index: 0, name: "a\nb", type: "Convolution", decision: .float(FloatReason(.badScale, "scale 0")),
            weightScales: 1...Float.infinity, activationScale: -.infinity)
        let line = try JsonLine.encode([layer])
        #expect(line.filter { $0 == UInt8(ascii: "\n") }.count == 1)
        #expect(try JsonLine.decode([LayerReport].self, from: line.dropLast()) == [layer])
    }

    @Test("a path whose bytes are no UTF-8 comes back with the same bytes")
    func path() throws {
        let path = FilePath(platformString: [0x2F, -1, 0x25, 0x41, 0].map(CInterop.PlatformChar.init))
        let identity = FileIdentity(device: 1, inode: .max, size: 3, modified: -4, changed: 5)
        let file = Triple.File(path: path, identity: identity)
        #expect(try JsonLine.decode(Triple.File.self, from: JsonLine.encode(file).dropLast()) == file)
    }
}

@Suite struct LineBufferTests {
    @Test("lines come one by one however the bytes arrive, and what has no end waits")
    func pieces() throws {
        let (reading, writing) = try FileDescriptor.pipe()
        defer { try? reading.close() }
        var lines = LineBuffer()
        #expect(lines.next() == nil)
        for (piece, wanted) in [("ab", []), ("c\nd", ["abc"]), ("\n\nee", ["d", ""]), ("\n", ["ee"])] {
            _ = try writing.writeAll(piece.utf8)
            _ = try lines.fill(from: reading)
            var found: [String] = []
            while let line = lines.next() { found.append(String(decoding: line, as: UTF8.self)) }
            #expect(found == wanted)
        }
        try writing.close()
        #expect(try lines.fill(from: reading) == 0)
    }
}
