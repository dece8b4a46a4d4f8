extension String {
    /// The text without what could move a cursor, hide or turn around what stands beside it: such characters become U+FFFD.
    /// Names come from files, and files come from elsewhere.
    public var harmless: String {
        let isPlain = utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F } || unicodeScalars.allSatisfy(\.isHarmless)
        return isPlain ? self : String(UnicodeScalarView(unicodeScalars.map { $0.isHarmless ? $0 : "\u{FFFD}" }))
    }
}

extension Unicode.Scalar {
    fileprivate var isHarmless: Bool {
        switch value {
        // What turns the direction of writing around could make a name look like another.
        case 0x061C, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: return false
        default: break
        }
        switch properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: return false
        default: return true
        }
    }
}
