import Foundation
import ModelFormat
import TestSupport
import Testing

@Suite("arrays in .npy files")
struct NpyFileTests {
    /// A file as NumPy writes it, of a header's text and the bytes of the elements.
    static func file(_ header: String, _ data: [UInt8], version: UInt8 = 1) -> MemoryBytes {
        let prefix = version == 1 ? 10 : 12
        let text = Array(header.utf8)
        let padded = text + [UInt8](repeating: 0x20, count: (64 - (prefix + text.count + 1) % 64) % 64) + [0x0A]
        let length = (0..<prefix - 8).map { UInt8(truncatingIfNeeded: padded.count >> (8 * $0)) }
        return MemoryBytes([0x93] + Array("NUMPY".utf8) + [version, 0] + length + padded + data, file: "x.npy")
    }

    static func header(_ type: String, _ shape: String, fortran: String = "False") -> String {
        "{'descr': '\(type)', 'fortran_order': \(fortran), 'shape': \(shape), }"
    }

    @Test(
        "every kind of elements is read",
        arguments: [
            ("<f2", [0x00, 0x3C, 0x00, 0xC0], [1, -2]),
            ("<f4", [0x00, 0x00, 0x80, 0x3F, 0x00, 0x00, 0x00, 0xC0], [1, -2]),
            ("<f8", [0, 0, 0, 0, 0, 0, 0xF0, 0x3F, 0, 0, 0, 0, 0, 0, 0, 0xC0], [1, -2]),
            ("|i1", [1, 0xFE], [1, -2]), ("|u1", [1, 0xFE], [1, 254]), ("|b1", [0, 1], [0, 1]),
            ("<i2", [1, 0, 0xFE, 0xFF], [1, -2]), ("<i4", [1, 0, 0, 0, 0xFE, 0xFF, 0xFF, 0xFF], [1, -2]),
            ("<i8", [1, 0, 0, 0, 0, 0, 0, 0, 0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], [1, -2]),
        ] as [(String, [UInt8], [Float])])
    func kinds(_ type: String, _ data: [UInt8], _ values: [Float]) throws {
        for version in 1...3 as ClosedRange<UInt8> {
            let npy = try NpyFile(Self.file(Self.header(type, "(2,)"), data, version: version))
            #expect(npy.shape == [2])
            #expect(npy.floats == values)
            #expect(npy.integers == (type.contains("f") ? nil : values.map { Int($0) }))
            #expect(npy.header.version == version)
        }
    }

    @Test("an array in Fortran order comes out in C order")
    func fortran() throws {
        // The array [[0, 1, 2], [3, 4, 5]], column after column.
        let two = try NpyFile(Self.file(Self.header("|u1", "(2, 3)", fortran: "True"), [0, 3, 1, 4, 2, 5]))
        #expect(two.integers == [0, 1, 2, 3, 4, 5])
        let order: [UInt8] = [0, 12, 4, 16, 8, 20, 1, 13, 5, 17, 9, 21, 2, 14, 6, 18, 10, 22, 3, 15, 7, 19, 11, 23]
        let three = try NpyFile(Self.file(Self.header("|u1", "(2, 3, 4)", fortran: "True"), order))
        #expect(three.integers == Array(0..<24))
    }

    @Test("a single number and an array without elements are read")
    func edges() throws {
        #expect(try NpyFile(Self.file(Self.header("|i1", "()"), [7])).integers == [7])
        let none = try NpyFile(Self.file(Self.header("<f4", "(0, 3)"), []))
        #expect(none.floats.isEmpty)
        #expect(none.shape == [0, 3])
    }

    @Test("keys in another order and with other quotes and blanks are read")
    func spelling() throws {
        let text = "{ \"shape\":( 2 , ),'descr' : \"|u1\" , 'fortran_order':False}"
        #expect(try NpyFile(Self.file(text, [3, 4])).integers == [3, 4])
    }

    @Test(
        "a file that is none, or of another size, is refused with the numbers",
        arguments: [
            (file(header("<f4", "(2,)"), [0, 0, 0, 0]), "has 4 bytes of elements, shape [2] of '<f4' wants 8"),
            (file(header("|u1", "(2,)"), [0, 0, 0]), "has 3 bytes of elements"),
            (file(header(">f4", "(1,)"), [0, 0, 0, 0]), "has elements of type '>f4', wanted one of <f2"),
            (file(header("<c8", "(1,)"), [0, 0, 0, 0, 0, 0, 0, 0]), "has elements of type '<c8'"),
            (file(header("<f4", "(99999999999999999999,)"), []), "no whole number"),
            (file(header("<f4", "(4611686018427387904, 4)"), []), "more elements than can be counted"),
            (file(header("<f8", "(4611686018427387904,)"), []), "more elements than can be counted"),
            (file(header("<f4", "(-1,)"), []), "no whole number"),
            (file("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }", [0, 0, 0, 0]), "records"),
            (file("{'descr': '<f4', 'shape': (1,), }", [0, 0, 0, 0]), "has 2 keys"),
            (file("{'descr': '<f4', 'descr': '<f4', 'shape': (1,), }", [0, 0, 0, 0]), "'descr' twice"),
            (file(header("|u1", "(1,)"), [0], version: 4), "format version 4"),
            (MemoryBytes([0x93], file: "x.npy"), "has 1 bytes"),
            (MemoryBytes(Array("no numbers at all".utf8), file: "x.npy"), "does not start with"),
            (MemoryBytes([0x93] + Array("NUMPY".utf8) + [1, 0, 0xFF, 0xFF], file: "x.npy"), "a header of 65535 bytes"),
            (
                MemoryBytes([0x93] + Array("NUMPY".utf8) + [2, 0, 0xFF, 0xFF, 0xFF, 0xFF], file: "x.npy"),
                "a header of 4294967295 bytes"
            ),
        ])
    func refused(_ source: MemoryBytes, _ words: String) {
        let error = #expect(throws: FormatError.self) { try NpyFile(source) }
        #expect(error?.clause.contains(words) == true, "\(String(describing: error))")
        #expect(error?.file == "x.npy")
    }

    @Test("more bytes of elements than the limit are refused before they are read")
    func limit() {
        let source = Self.file(Self.header("|u1", "(9,)"), [UInt8](repeating: 0, count: 9))
        #expect(throws: FormatError.self) { try NpyFile(source, limit: 8) }
        #expect(throws: Never.self) { try NpyFile(source, limit: 9) }
    }

    @Test("one sample of many is read alone")
    func sample() throws {
        let source = Self.file(Self.header("|u1", "(2, 3)"), [0, 1, 2, 3, 4, 5])
        let second = try NpyFile(sample: 1, of: source)
        #expect(second.shape == [3])
        #expect(second.integers == [3, 4, 5])
        for index in [-1, 2] { #expect(throws: FormatError.self) { try NpyFile(sample: index, of: source) } }
        let turned = Self.file(Self.header("|u1", "(2, 3)", fortran: "True"), [0, 3, 1, 4, 2, 5])
        #expect(throws: FormatError.self) { try NpyFile(sample: 0, of: turned) }
    }

    @Test("what NumPy wrote comes out as the same bytes")
    func roundTrip() throws {
        let folder = Fixtures.golden("digits-cnn")
        for name in ["eval-x.npy", "eval-y.npy", "in0.npy", "out-int8-out0.npy"] {
            let bytes = try Fixtures.bytes(folder.appending(name))
            #expect(try NpyFile(MemoryBytes(bytes, file: name)).bytes == bytes, "\(name)")
        }
    }

    @Test("written arrays are read back, and a shape that does not fit is none")
    func written() throws {
        let floats = try #require(NpyFile(shape: [2, 2], [1, -0.0, .infinity, .leastNonzeroMagnitude] as [Float]))
        #expect(floats.bytes.count == 128 + 16)
        #expect(
            try NpyFile(MemoryBytes(floats.bytes, file: "x")).floats == [1, -0.0, .infinity, .leastNonzeroMagnitude])
        let integers = try #require(NpyFile(shape: [], [-5] as [Int32]))
        #expect(try NpyFile(MemoryBytes(integers.bytes, file: "x")).integers == [-5])
        #expect(NpyFile(shape: [3], [1, 2] as [Float]) == nil)
        #expect(NpyFile(shape: [-1, -2], [1, 2] as [Float]) == nil)
    }

    @Test("damaged files are refused or read, and never trap", arguments: 0..<40)
    func damage(_ seed: Int) throws {
        let sound = try #require(NpyFile(shape: [2, 3], [1, 2, 3, 4, 5, 6] as [Float])).bytes
        var mutator = Mutator(seed: UInt64(seed))
        for _ in 0..<50 {
            let bytes = mutator.damaged(sound)
            guard let npy = try? NpyFile(MemoryBytes(bytes, file: "x.npy")) else { continue }
            #expect(npy.floats.count == npy.header.count)
        }
    }
}
