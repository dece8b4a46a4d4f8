import ArgumentParser
import Ledger

/// A point in time as people type it: `2026-11-23`, `yesterday`, `2h`, `3 days ago`.
///
/// What has no offset is UTC, as in the tables, and a day begins at midnight UTC.
struct Moment: Hashable, Sendable {
    let time: Timestamp

    /// What is understood, for whoever typed something else.
    static let forms =
        "2026-11-23, '2026-11-23 18:17', 18:17, 2026-11-23T18:17:16Z, now, today, yesterday, 2h or '3 days ago'"

    /// What shells offer.
    static let usual = ["today", "yesterday", "1h", "12h", "7d", "30d"]

    /// nil where the text is none of the forms.
    init?(_ text: String, now: Timestamp = .now) {
        let text = text.trimmed.lowercased()
        guard let time = Self.absolute(text, now) ?? Self.relative(text, now) else { return nil }
        self.time = time
    }

    /// For `@Option(transform:)`.
    static func argument(_ text: String) throws -> Moment {
        guard let moment = Moment(text) else {
            throw ValidationError("'\(text)' is no time that is understood here; try \(forms)")
        }
        return moment
    }

    private static func absolute(_ text: String, _ now: Timestamp) -> Timestamp? {
        let today = now.description.prefix(10)
        switch text {
        case "now": return now
        case "today": return Timestamp("\(today)T00:00:00Z")
        case "yesterday": return Timestamp("\(today)T00:00:00Z")?.advanced(bySeconds: -day)
        default: break
        }
        // A date, a time of day or both become RFC 3339 by what people leave out.
        let candidates = [
            text, text + "z", text + ":00z", text + "t00:00:00z", "\(today)t\(text)z", "\(today)t\(text):00z",
        ]
        return candidates.lazy.compactMap { Timestamp($0) }.first
    }

    /// `2h`, `-2h`, `1h30m`, `3 days ago`: all of them before now.
    private static func relative(_ text: String, _ now: Timestamp) -> Timestamp? {
        var rest = text[...]
        if rest.hasSuffix(" ago") { rest = rest.dropLast(4) } else if rest.hasPrefix("-") { rest = rest.dropFirst() }
        var seconds = 0.0
        var terms = 0
        while !rest.isEmpty {
            rest = rest.drop { $0 == " " }
            let digits = rest.prefix { ("0"..."9").contains($0) }
            rest = rest.dropFirst(digits.count).drop { $0 == " " }
            let word = rest.prefix { $0.isLetter }
            rest = rest.dropFirst(word.count)
            guard digits.count <= 9, let count = Double(digits), let unit = units[String(word)] else { return nil }
            seconds += count * unit
            terms += 1
        }
        return terms > 0 ? now.advanced(bySeconds: -seconds) : nil
    }

    private static let day = 86400.0

    private static let units: [String: Double] = {
        let words: [(Double, String)] = [
            (1, "s sec secs second seconds"), (60, "m min mins minute minutes"), (3600, "h hr hrs hour hours"),
            (day, "d day days"), (7 * day, "w week weeks"),
        ]
        return Dictionary(
            uniqueKeysWithValues: words.flatMap { unit, words in words.split(separator: " ").map { (String($0), unit) }
            })
    }()
}

extension String {
    fileprivate var trimmed: String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
