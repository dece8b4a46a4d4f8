public import Vocabulary

/// The text of a `SHA256SUMS`, as coreutils' `sha256sum` writes and checks it.
public enum Checksums {
    static let fileName = "SHA256SUMS"

    /// One line a file, in the order of the names.
    public static func text(_ digests: [String: ArtifactDigest]) -> String {
        digests.sorted { $0.key < $1.key }.map { name, digest in
            let (text, escaped) = escape(name)
            // coreutils, "cksum output modes": a line begins with a backslash where its name is escaped.
            return "\(escaped ? "\\" : "")\(digest)  \(text)\n"
        }.joined()
    }

    /// The names and digests of such a text; nil where a line is none.
    static func parse(_ text: String) -> [String: ArtifactDigest]? {
        var digests: [String: ArtifactDigest] = [:]
        for line in text.split(separator: "\n") {
            let escaped = line.hasPrefix("\\")
            let body = line.dropFirst(escaped ? 1 : 0)
            guard let digest = ArtifactDigest(hex: String(body.prefix(64))) else { return nil }
            let rest = body.dropFirst(64)
            guard rest.hasPrefix("  ") || rest.hasPrefix(" *") else { return nil }
            let written = String(rest.dropFirst(2))
            guard let name = escaped ? unescape(written) : written else { return nil }
            digests[name] = digest
        }
        return digests
    }

    private static let escapes: [(plain: Character, letter: Character)] = [("\\", "\\"), ("\n", "n"), ("\r", "r")]

    private static func escape(_ name: String) -> (text: String, escaped: Bool) {
        // Character by character is not enough: Swift takes "\r\n" for one.
        var text = ""
        for scalar in name.unicodeScalars {
            if let row = escapes.first(where: { $0.plain == Character(scalar) }) {
                text += "\\" + String(row.letter)
            } else {
                text.unicodeScalars.append(scalar)
            }
        }
        return (text, text != name)
    }

    private static func unescape(_ text: String) -> String? {
        var name = ""
        var rest = text.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            guard scalar == "\\" else {
                name.unicodeScalars.append(scalar)
                continue
            }
            guard let letter = rest.popFirst(), let row = escapes.first(where: { $0.letter == Character(letter) })
            else { return nil }
            name.append(row.plain)
        }
        return name
    }
}
