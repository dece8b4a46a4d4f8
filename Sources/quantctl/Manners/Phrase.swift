import Vocabulary

/// Words for people, in pieces that may stand out.
///
/// Names come from files, so nothing in a phrase can move the cursor, hide or turn around what stands beside it: such
/// characters become U+FFFD when they come in.
struct Phrase: Hashable, Sendable {
    struct Piece: Hashable, Sendable {
        let text: String
        let style: Style
    }

    private(set) var pieces: [Piece] = []

    init(_ text: String = "", _ style: Style = .plain) {
        add(text, style)
    }

    /// The words without what makes them stand out.
    var text: String { pieces.map(\.text).joined() }

    var isEmpty: Bool { pieces.isEmpty }

    /// Cells of a terminal that the words take.
    var cellCount: Int { pieces.reduce(0) { $0 + $1.text.cellCount } }

    mutating func add(_ text: String, _ style: Style = .plain) {
        guard !text.isEmpty else { return }
        if let last = pieces.last, last.style == style {
            pieces[pieces.count - 1] = Piece(text: last.text + text.harmless, style: style)
        } else {
            pieces.append(Piece(text: text.harmless, style: style))
        }
    }

    static func + (left: Phrase, right: Phrase) -> Phrase {
        var sum = left
        for piece in right.pieces { sum.add(piece.text, piece.style) }
        return sum
    }

    /// The words cut to some cells, with an ellipsis for what is gone.
    func cut(to cells: Int, atFront: Bool = false) -> Phrase {
        guard cellCount > cells else { return self }
        guard cells > 0 else { return Phrase() }
        var kept: [Piece] = []
        var left = cells - 1
        for piece in atFront ? pieces.reversed() : pieces {
            let part = atFront ? piece.text.suffix(cells: left) : piece.text.prefix(cells: left)
            left -= part.cellCount
            let isWhole = part.utf8.count == piece.text.utf8.count
            kept.append(Piece(text: isWhole ? part : atFront ? "…" + part : part + "…", style: piece.style))
            if !isWhole { break }
        }
        var result = Phrase()
        result.pieces = atFront ? kept.reversed() : kept
        return result
    }

    /// What goes to the terminal.
    func rendered(isColoured: Bool) -> String {
        guard isColoured else { return text }
        return pieces.map { piece in
            piece.style.code.map { "\u{1B}[\($0)m\(piece.text)\u{1B}[0m" } ?? piece.text
        }.joined()
    }
}

extension Phrase: ExpressibleByStringInterpolation {
    struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var phrase = Phrase()

        init(literalCapacity: Int, interpolationCount: Int) {}

        mutating func appendLiteral(_ literal: String) { phrase.add(literal) }
        mutating func appendInterpolation(_ value: some CustomStringConvertible, _ style: Style = .plain) {
            phrase.add(value.description, style)
        }
        mutating func appendInterpolation(_ words: Phrase) { phrase = phrase + words }
    }

    init(stringLiteral value: String) { self.init(value) }
    init(stringInterpolation: StringInterpolation) { self = stringInterpolation.phrase }
}

extension [Phrase] {
    /// One after the other.
    func joined(_ separator: Phrase = "") -> Phrase {
        var result = Phrase()
        for (index, phrase) in enumerated() { result = index == 0 ? phrase : result + separator + phrase }
        return result
    }
}
