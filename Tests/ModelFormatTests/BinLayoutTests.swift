import ModelFormat
import Testing

@Suite struct BinLayoutTests {
    static let slots = [
        [
            WeightSlot(name: "weight_data", count: 3, isTagged: true),
            WeightSlot(name: "bias_data", count: 2, isTagged: false),
        ],
        [],
        [WeightSlot(name: "weight_data", count: 5, isTagged: true)],
    ]

    static func tag(_ storage: WeightStorage) -> [UInt8] {
        withUnsafeBytes(of: (storage.tag ?? 0).littleEndian) { Array($0) }
    }

    static func answer(_ bytes: [UInt8], _ slots: [[WeightSlot]] = slots) throws -> BinLayout.Answer {
        try BinLayout.read(slots, from: MemoryBytes(bytes, file: "m.bin"))
    }

    static func zeros(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: count) }

    @Test("arrays follow each other, each as its tag says, padded to four bytes")
    func whole() throws {
        let bytes =
            Self.tag(.fp16) + Self.zeros(8) + Self.zeros(8) + Self.tag(.codebook(tag: 256)) + Self.zeros(1024 + 8)
        guard case .whole(let layout) = try Self.answer(bytes) else {
            Issue.record("not whole")
            return
        }
        #expect(layout.byteCount == bytes.count)
        #expect(layout.weights[0][0].storage == .fp16)
        #expect(layout.weights[0][0].elements == 4..<10)
        #expect(layout.weights[0][1].range == 12..<20)
        #expect(layout.weights[2][0].codebook == 24..<1048)
        #expect(layout.weights[2][0].elements == 1048..<1053)
    }

    @Test("a file cut where all tags are known is short by an exact number")
    func shortExact() throws {
        let bytes = Self.tag(.fp32) + Self.zeros(12) + Self.zeros(8) + Self.tag(.int8) + Self.zeros(3)
        #expect(try Self.answer(bytes) == .short(found: 31, wanted: 36, isExact: true))
    }

    @Test("a file cut before a tag counts what is missing as stored like the array before")
    func shortGuess() throws {
        #expect(try Self.answer(Self.tag(.fp16) + Self.zeros(3)) == .short(found: 7, wanted: 36, isExact: false))
        #expect(try Self.answer([]) == .short(found: 0, wanted: 48, isExact: false))
    }

    @Test("a file with bytes left over is long")
    func long() throws {
        let bytes = Self.zeros(48) + [1]
        #expect(try Self.answer(bytes) == .long(found: 49, wanted: 48))
    }

    @Test(
        "a count that no file could hold is refused before memory is asked for",
        arguments: [Int.max, Int.max / 4, 1 << 61])
    func tooLarge(count: Int) {
        let error = #expect(throws: FormatError.self) {
            try Self.answer(Self.zeros(100), [[WeightSlot(name: "weight_data", count: count, isTagged: true)]])
        }
        #expect(error?.description == "m.bin at byte 0: weight_data of \(count) elements is too large for a file")
    }
}
