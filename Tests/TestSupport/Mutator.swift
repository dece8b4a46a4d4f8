/// Damages bytes at random, the same way for the same seed.
public struct Mutator: Sendable {
    private var generator: SeededGenerator

    /// Words that readers of model files tend to get wrong.
    private static let words = [
        "0", "-1", "1", "2147483647", "-2147483648", "4294967296", "99999999999", "1e38", "-1e39", "1e-45", "nan",
        "inf",
        "-233", "-23310=3,1,2,3", "8=2", "18=2", "19=1", "0=0", "6=2147483647", "\"", ",", "=", "\t", "\n", "\r\n",
        "\0", "é",
        "_param_0", "#",
    ]

    public init(seed: UInt64) {
        generator = SeededGenerator(seed: seed)
    }

    /// A damaged copy: one to four small wounds, each a flipped bit, a new byte, a cut, a repeat or an odd word.
    public mutating func damaged(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...4, using: &generator) {
            let place = Int.random(in: 0...bytes.count, using: &generator)
            let end = min(bytes.count, place + Int.random(in: 0...16, using: &generator))
            switch Int.random(in: 0..<7, using: &generator) {
            case 0 where place < bytes.count: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            case 1 where place < bytes.count: bytes[place] = .random(in: 0...255, using: &generator)
            case 2: bytes.removeSubrange(place..<end)
            case 3: bytes.insert(contentsOf: bytes[place..<end], at: place)
            case 4:
                bytes.insert(
                    contentsOf: Self.words.randomElement(using: &generator).map { Array($0.utf8) } ?? [], at: place)
            case 5:
                bytes.replaceSubrange(
                    place..<end, with: Self.words.randomElement(using: &generator).map { Array($0.utf8) } ?? [])
            default: bytes.removeSubrange(place..<bytes.count)
            }
        }
        return bytes
    }
}
