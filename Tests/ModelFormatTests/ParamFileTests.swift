import ModelFormat
import TestSupport
import Testing

@Suite struct ParamFileTests {
    static let head = "7767517\n2 2\nInput in0 0 1 in0\n"

    /// A file of an input and one more layer with these params.
    static func params(_ text: String) throws -> ParamLayer {
        try ParamFile(Array("\(head)ReLU r 1 1 in0 out0 \(text)\n".utf8), file: "m.param").layers[1]
    }

    static func failure(_ text: String) -> String {
        do {
            _ = try ParamFile(Array(text.utf8), file: "m.param")
            return "no error"
        } catch {
            return error.description
        }
    }

    // MARK: What a file says

    @Test("layers keep their types, names, blobs and lines")
    func layers() throws {
        let file = try ParamFile(
            Fixtures.bytes(Fixtures.golden("digits-cnn").appending("model.param")), file: "m.param")
        #expect(file.layers.count == 14)
        #expect(file.layers[2].type == "Convolution")
        #expect(file.layers[2].name == "convrelu_0")
        #expect(file.layers[6].tops == ["6", "7"])
        #expect(file.layers[8].bottoms == ["6", "8"])
        #expect(file.layers[13].line == 16)
    }

    @Test(
        "params are read by their spelling",
        arguments: [
            ("0=5", ParamValue.int(5)), ("0=-7", .int(-7)), ("0=1.5e-01", .float(0.15)), ("0=.5", .float(0.5)),
            ("0=1.e1", .float(10)), ("0=-.12345678901", .float(-0.12345678901)), ("0=2E3", .float(2000)),
            ("0=1,2,3", .ints([1, 2, 3])), ("0=1,", .ints([1])), ("0=1,2.5", .floats([1, 2.5])),
            ("-23300=2,0.5,1.5", .floats([0.5, 1.5])), ("-23300=0", .ints([])), ("0=inf", .string("inf")),
            ("0=\"two words\"", .string("two words")), ("0=\"*(0w,2),*(0h,2)\"", .string("*(0w,2),*(0h,2)")),
            ("0=hello,world", .string("hello,world")), ("0=1 0=2", .int(2)), ("\n  0=4", .int(4)),
        ])
    func values(text: String, value: ParamValue) throws {
        #expect(try Self.params(text)[0] == value)
    }

    @Test("CR LF line ends are line ends")
    func carriageReturns() throws {
        let text = "7767517\r\n2 2\r\nInput in0 0 1 in0\r\nReLU r 1 1 in0 out0 0=1.5 9=name\r\n"
        let layer = try ParamFile(Array(text.utf8), file: "m.param").layers[1]
        #expect(layer[0] == .float(1.5))
        #expect(layer[9] == .string("name"))
    }

    // MARK: Editing

    @Test(
        "a text without edits is the text that was read",
        arguments: Fixtures.goldenNames().filter { !$0.hasPrefix("reject-") })
    func unchanged(name: String) throws {
        let text = try Fixtures.bytes(Fixtures.golden(name).appending("model.param"))
        #expect(try ParamFile(text, file: name).text(applying: []) == text)
    }

    @Test("an edit replaces the value that is there and touches nothing else")
    func replacing() throws {
        let text = "\(Self.head)Gemm  g\t1 1 in0 out0   2=1 3=0\t\n# \n"
        let file = try ParamFile(Array(text.dropLast(3).utf8), file: "m.param")
        let edited = file.text(applying: [.init(layer: 1, id: 2, value: 0), .init(layer: 1, id: 18, value: 2)])
        #expect(String(decoding: edited, as: UTF8.self) == "\(Self.head)Gemm  g\t1 1 in0 out0   2=0 3=0 18=2\t\n")
    }

    @Test("a param is put behind the last token of a layer without params, before its line end")
    func inserting() throws {
        let file = try ParamFile(Array("\(Self.head)SDPA s 1 1 in0 out0\r\n".utf8), file: "m.param")
        let edited = file.text(applying: [.init(layer: 1, id: 18, value: 2)])
        #expect(String(decoding: edited, as: UTF8.self) == "\(Self.head)SDPA s 1 1 in0 out0 18=2\r\n")
    }

    @Test("an edit of a param that is written as an old array replaces the array")
    func replacingArray() throws {
        let file = try ParamFile(Array("\(Self.head)MyOp m 1 1 in0 out0 -23308=2,1,2 7=1\n".utf8), file: "m.param")
        let edited = file.text(applying: [.init(layer: 1, id: 8, value: 2)])
        #expect(String(decoding: edited, as: UTF8.self) == "\(Self.head)MyOp m 1 1 in0 out0 8=2 7=1\n")
    }

    // MARK: What is refused

    @Test(
        "a damaged file is refused with file, line and reason",
        arguments: [
            ("", "m.param:1: the file is empty, wanted the magic number 7767517"),
            ("7767518\n1 1\n", "m.param:1: wrong magic '7767518', wanted 7767517"),
            ("hello", "m.param:1: wrong magic 'hello', wanted 7767517"),
            // A zero byte would end the text in a ledger, an escape would be obeyed by a terminal.
            ("\0\u{1B}[2Jx", "m.param:1: wrong magic '\u{FFFD}\u{FFFD}[2Jx', wanted 7767517"),
            ("7767517\n", "m.param:2: the file ends before the layer count"),
            ("7767517\n1 x\n", "m.param:2: 'x' is no blob count, wanted a whole number above 0"),
            ("7767517\n0 1\n", "m.param:2: '0' is no layer count, wanted a whole number above 0"),
            ("7767517\n2 2\nInput a 0 1 a\n", "m.param:4: header says 2 layers, the file ends after 1"),
            (
                "7767517\n1 2\nInput a 0 1 a\nInput b 0 1 b\n",
                "m.param:4: header says 1 layers, here begins layer number 2"
            ),
            ("7767517\n1 1\nInput a 0 2 a b\n", "m.param:2: header says 1 blobs, the layers make 2"),
            (
                "7767517\n2 2\nInput a 0 1 a\nReLU r 1 1 b c\n",
                "m.param:4: layer r: unknown bottom 'b', no earlier layer makes a blob of this name"
            ),
            (
                "7767517\n2 2\nInput a 0 1 a\nReLU a 1 1 a c\n",
                "m.param:4: layer a: duplicate name, line 3 has a layer of this name already"
            ),
            (
                "7767517\n2 2\nInput a 0 1 x\nReLU r 1 1 x x\n",
                "m.param:4: layer r: duplicate top 'x', layer a on line 3 makes a blob of this name already"
            ),
            (
                "7767517\n2 2\nInput a 0 1 a\u{0B}ReLU r 1 1 a b\n",
                "m.param:3: a second layer begins on the line of layer a, wanted each on a line of its own"
            ),
            ("7767517\n1 1\nInput a 0 1 a\0\n", "m.param:3: holds a zero byte at offset 25, wanted text"),
            ("7767517\n1 1\nInput a 0\n", "m.param:3: layer a: the line ends before the top count"),
            ("7767517\n1 1\nInput a 0 1\n", "m.param:3: layer a: the line ends before the top 1 of 1"),
            ("7767517\n1 1\nInput a -1 1 a\n", "m.param:3: layer a: '-1' is no bottom count, wanted a whole number"),
            (
                "7767517\n1 1\nInput a 0 1 a 32=5\n",
                "m.param:3: layer a: param id 32 is out of range, ncnn has 0 to 31"
            ),
            ("7767517\n1 1\nInput a 0 1 a -1=5\n", "m.param:3: layer a: param id -1 is out of range, ncnn has 0 to 31"),
            (
                "7767517\n1 1\nInput a 0 1 a -9223372036854775808=5\n",
                "m.param:3: layer a: param id -9223372036854775808 is out of range, ncnn has 0 to 31"
            ),
            (
                "7767517\n1 1\nInput a 0 1 a 99999999999999999999=5\n",
                "m.param:3: layer a: '99999999999999999999' is no param id"
            ),
            ("7767517\n1 1\nInput a 0 1 a 0=\n", "m.param:3: layer a: param 0 has no value"),
            ("7767517\n1 1\nInput a 0 1 a 0=-inf\n", "m.param:3: layer a: '-inf' of param 0 is no 32-bit integer"),
            ("7767517\n1 1\nInput a 0 1 a 0=1.2.3\n", "m.param:3: layer a: '1.2.3' of param 0 is no number"),
            (
                "7767517\n1 1\nInput a 0 1 a 0=99999999999\n",
                "m.param:3: layer a: '99999999999' of param 0 is no 32-bit integer"
            ),
            (
                "7767517\n1 1\nInput a 0 1 a 0=0.12345678901234567\n",
                "m.param:3: layer a: the value '0.12345678901234567' of param 0 has 19 characters, ncnn reads at most 15"
            ),
            (
                "7767517\n1 1\nInput a 0 1 a -23300=3,1,2\n",
                "m.param:3: layer a: the array of param 0 has 2 elements, it says 3"
            ),
            (
                "7767517\n1 1\nInput a 0 1 a -23300=2147483647\n",
                "m.param:3: layer a: the array of param 0 has 0 elements, it says 2147483647"
            ),
            (
                "7767517\n1 1\nInput a 0 1 a -23300=-1\n",
                "m.param:3: layer a: '-1' is no length for the array of param 0"
            ),
            (
                "7767517\n1 1\nInput a 0 1 a 0=\"open\n",
                "m.param:3: layer a: the string of param 0 has no closing quote"
            ),
            (
                "7767517\n1 1\nInput a 0 1 a 0=5\t1=3\n",
                "m.param:3: layer a: param 0 is followed by byte 9, which ncnn takes for a part of the value; write a blank"
            ),
            ("7767517\n1 1\nInput a 0 1 a 5\n", "m.param:3: layer a: '5' is neither a param (id=value) nor a layer"),
            (
                "7767517\n2147483647 1\nInput a 0 2147483647 a\n",
                "m.param:3: layer a: the line ends before the top 2 of 2147483647"
            ),
        ])
    func damage(text: String, expected: String) {
        #expect(Self.failure(text) == expected)
    }

    @Test("a name longer than ncnn reads is refused with its length")
    func longNames() {
        let name = String(repeating: "n", count: 256)
        #expect(
            Self.failure("7767517\n1 1\nInput \(name) 0 1 a\n")
                == "m.param:3: the name has 256 bytes, ncnn reads at most 255".replacing(
                    "3: the", with: "3: layer Input: the"))
    }

    @Test("the binary form is recognised and refused with advice")
    func binary() throws {
        let bytes = try Fixtures.bytes(Fixtures.golden("param-bin").appending("model.param.bin"))
        #expect(throws: FormatError.self) { try ParamFile(bytes, file: "m.param") }
        let error = #expect(throws: FormatError.self) { try ParamFile(bytes, file: "m.param") }
        #expect(
            error?.description
                == "m.param: this is ncnn's binary param form, which has lost the layer names; give the text form (.param)"
        )
    }
}
