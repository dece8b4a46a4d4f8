extension String {
    /// Cells of a terminal that the text takes: two for East Asian wide characters and emoji, none for combining marks.
    var cellCount: Int {
        if utf8.allSatisfy({ $0 < 0x80 }) { return utf8.count }
        return reduce(0) { $0 + $1.cellCount }
    }

    /// As many of the first characters as fit into some cells.
    func prefix(cells: Int) -> String {
        var left = cells
        let end = firstIndex { character in
            left -= character.cellCount
            return left < 0
        }
        return String(self[..<(end ?? endIndex)])
    }

    /// As many of the last characters as fit into some cells.
    func suffix(cells: Int) -> String {
        var left = cells
        let before = lastIndex { character in
            left -= character.cellCount
            return left < 0
        }
        return String(self[(before.map(index(after:)) ?? startIndex)...])
    }
}

extension Character {
    /// Cells of a terminal that the character takes.
    ///
    /// A character of several scalars takes what they take one by one, as in terminals that know nothing of characters;
    /// only emoji that are joined, coloured or asked for with U+FE0F are the two cells of one picture.
    var cellCount: Int {
        var cells = 0
        var isJoined = false
        for scalar in unicodeScalars {
            switch scalar.value {
            case 0xFE0F where cells == 1: cells = 2
            case 0x200D: isJoined = true
            case 0x1F3FB...0x1F3FF where cells > 0: break
            default:
                if !isJoined { cells += scalar.cellCount }
                isJoined = false
            }
        }
        return cells
    }
}

extension Unicode.Scalar {
    /// After Unicode's EastAsianWidth.txt: its wide ranges, unassigned places within them included.
    fileprivate var cellCount: Int {
        switch value {
        case 0x20..<0x7F: return 1
        // The vowels and final consonants of Hangul stand within the cells of the consonant before them.
        case 0x1160...0x11FF, 0xD7B0...0xD7FF: return 0
        // Formats that are seen: the soft hyphen, and signs that stand before Arabic, Syriac and Kaithi numbers.
        case 0x00AD, 0x0600...0x0605, 0x06DD, 0x070F, 0x0890...0x0891, 0x08E2, 0x110BD, 0x110CD: return 1
        default: break
        }
        switch properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: return 0
        default: break
        }
        if properties.isEmojiPresentation { return (0x1F1E6...0x1F1FF).contains(value) ? 1 : 2 }
        switch value {
        case 0x1100...0x115F, 0x2329...0x232A, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97C, 0xAC00...0xD7A3,
            0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6B, 0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x18D08,
            0x1AFF0...0x1B2FB, 0x1F200...0x1F265, 0x20000...0x3FFFD:
            return 2
        default: return 1
        }
    }
}
