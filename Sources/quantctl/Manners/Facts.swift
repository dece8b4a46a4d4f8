import Foundation

/// Names and what they stand for, one below the other.
struct Facts {
    private var rows: [(name: String, value: Phrase)] = []

    /// Adds a fact, unless there is nothing to say.
    mutating func add(_ name: String, _ value: Phrase?) {
        if let value, !value.isEmpty { rows.append((name, value)) }
    }

    /// The facts as lines; long values go on below where they began.
    func lines(on page: Page) -> [Phrase] {
        let widest = rows.map { $0.name.cellCount }.max() ?? 0
        let indent = widest + 4
        return rows.flatMap { name, value in
            let parts = value.wrapped(to: page.width.map { max(20, $0 - indent) })
            return parts.enumerated().map { index, part in
                let head = index == 0 ? "  " + name : ""
                return Phrase(head + String(repeating: " ", count: indent - head.cellCount)) + part
            }
        }
    }
}

extension Phrase {
    /// The words on as many lines as they need; a word that is longer than a line stands on one of its own.
    func wrapped(to cells: Int?) -> [Phrase] {
        guard let cells, cellCount > cells else { return [self] }
        var words = [Phrase()]
        for piece in pieces {
            for (index, part) in piece.text.split(separator: " ", omittingEmptySubsequences: false).enumerated() {
                if index > 0 { words.append(Phrase()) }
                words[words.count - 1].add(String(part), piece.style)
            }
        }
        let parts = words.dropFirst().reduce(into: [words[0]]) { parts, word in
            // A number and its unit stay together.
            if word.isUnit(of: parts[parts.count - 1]) {
                parts[parts.count - 1] = parts[parts.count - 1].followed(by: word)
            } else {
                parts.append(word)
            }
        }
        return parts.dropFirst().reduce(into: [parts[0]]) { lines, part in
            let line = lines[lines.count - 1]
            if line.cellCount + 1 + part.cellCount > cells {
                lines.append(part)
            } else {
                lines[lines.count - 1] = line.followed(by: part)
            }
        }
    }

    /// Both with a blank between them.
    private func followed(by word: Phrase) -> Phrase {
        var line = self
        let isOne = pieces.last?.style == word.pieces.first?.style
        line.add(" ", isOne ? pieces.last?.style ?? .plain : .plain)
        return line + word
    }

    private func isUnit(of number: Phrase) -> Bool {
        number.pieces.last?.text.last?.isNumber == true
            && Self.units.contains(text.trimmingCharacters(in: CharacterSet(charactersIn: "(),.;:")))
    }

    private static let units: Set<String> = ["%", "B", "KiB", "MiB", "GiB", "TiB", "ms", "s", "min", "h", "d", "dB"]

    /// The words on as many lines as they need, all but the first behind so many blanks.
    func wrapped(to cells: Int?, indent: Int) -> [Phrase] {
        let lines = wrapped(to: cells.map { max(20, $0 - indent) })
        return lines.enumerated().map { $0 == 0 ? $1 : Phrase(String(repeating: " ", count: indent)) + $1 }
    }
}
