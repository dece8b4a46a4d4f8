import Vocabulary

/// Which of some names someone may have meant.
enum NearNames {
    /// The names that are nearest to `text`, the nearest first; none where nothing is near.
    static func nearest(to text: String, among names: [String], limit: Int = 3) -> [String] {
        let wanted = Array(text.utf8.map(lower))
        guard !wanted.isEmpty else { return [] }
        // One slip for every three letters, and three at the most.
        let most = min(3, max(1, wanted.count / 3))
        var found: [(name: String, slips: Int)] = []
        for name in names {
            let whole = Array(name.utf8.map(lower))
            let base = Array(whole[(whole.lastIndex(of: slash).map { $0 + 1 } ?? 0)...])
            let slips = [
                part(wanted, whole, base), distance(wanted, whole, most: most), distance(wanted, base, most: most),
            ].compactMap(\.self).min()
            if let slips { found.append((name, slips)) }
        }
        return found.sorted { ($0.slips, $0.name) < ($1.slips, $1.name) }.prefix(limit).map(\.name)
    }

    private static let slash = UInt8(ascii: "/")

    /// Names are compared without regard to case, as far as ASCII goes: there are many of them.
    private static func lower(_ letter: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(letter) ? letter | 0x20 : letter
    }

    /// How far it is from a part of a name to the name: someone left out the folder, or wrote only how it begins.
    private static func part(_ text: [UInt8], _ name: [UInt8], _ base: [UInt8]) -> Int? {
        guard text.count >= 2 else { return nil }
        if base == text || (name.starts(with: text) && name.count > text.count && name[text.count] == slash) {
            return 0
        }
        if base.starts(with: text) || name.starts(with: text) { return 1 }
        let isWithin = text.count >= 4 && name.indices.contains { name[$0...].starts(with: text) }
        return isWithin ? 2 : nil
    }

    /// `; is it 'a' or 'b'?`, or nothing.
    static func question(_ names: [String]) -> String {
        guard let last = names.last else { return "" }
        let first = names.dropLast().map { "'\($0)'" }.joined(separator: ", ")
        return "; is it \(first)\(first.isEmpty ? "" : " or ")'\(last)'?"
    }

    /// How many letters one has and the other has not: each slip makes at most two.
    private static func differentLetters(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var counts = [Int](repeating: 0, count: 256)
        for letter in left { counts[Int(letter)] += 1 }
        for letter in right { counts[Int(letter)] -= 1 }
        return counts.reduce(0) { $0 + abs($1) }
    }

    /// Letters to add, drop, change or swap with their neighbour until one text is the other (optimal string alignment);
    /// nil where it is more than `most`.
    static func distance(_ left: [UInt8], _ right: [UInt8], most: Int) -> Int? {
        guard abs(left.count - right.count) <= most else { return nil }
        // Most names differ in nearly every letter, which is quicker to see than their distance.
        guard differentLetters(left, right) <= 2 * most else { return nil }
        var before: [Int] = []
        var above = Array(0...right.count)
        for (row, letter) in left.enumerated() {
            var line = [row + 1]
            line.reserveCapacity(right.count + 1)
            for (column, other) in right.enumerated() {
                var best = min(above[column] + (letter == other ? 0 : 1), above[column + 1] + 1, line[column] + 1)
                if row > 0, column > 0, letter == right[column - 1], left[row - 1] == other {
                    best = min(best, before[column - 1] + 1)
                }
                line.append(best)
            }
            guard let least = line.min(), least <= most else { return nil }
            (before, above) = (above, line)
        }
        return above[right.count] <= most ? above[right.count] : nil
    }
}
