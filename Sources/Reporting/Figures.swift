import Foundation
public import Ledger

/// Numbers as people read them.
public enum Figures {
    /// `155,756 B` below a mebibyte's tenth, else `1.5 MiB`.
    public static func bytes(_ count: Int) -> String {
        let units = ["B", "KiB", "MiB", "GiB", "TiB"]
        var value = Double(count)
        var unit = 0
        while value >= 1024, unit < units.count - 1 {
            value /= 1024
            unit += 1
        }
        return unit == 0 ? "\(count) B" : "\(fixed(value, 1)) \(units[unit])"
    }

    /// `25.8 %` of the whole; empty where there is no whole.
    public static func share(_ part: Int, of whole: Int) -> String {
        whole > 0 ? "\(fixed(100 * Double(part) / Double(whole), 1)) %" : ""
    }

    /// `1,234,567`.
    public static func grouped(_ count: Int) -> String {
        let digits = Array(String(count.magnitude))
        let groups = digits.indices.map { index in
            (index > 0 && (digits.count - index).isMultiple(of: 3) ? "," : "") + String(digits[index])
        }
        return (count < 0 ? "−" : "") + groups.joined()
    }

    /// A number with a fixed number of decimals; a dash for none.
    public static func fixed(_ value: Double?, _ decimals: Int) -> String {
        guard let value else { return "–" }
        return String(format: "%.\(decimals)f", value)
    }

    /// A difference with its sign, `+0.3`, and 0 without one.
    public static func signed(_ value: Double?, _ decimals: Int) -> String {
        guard let value else { return "–" }
        let text = fixed(value, decimals)
        // What rounds to zero has no sign worth showing.
        guard text.contains(where: { ("1"..."9").contains($0) || $0.isLetter }) else { return fixed(0, decimals) }
        return value > 0 ? "+" + text : text.replacing("-", with: "−")
    }

    /// A number with some significant digits; a dash for none.
    public static func significant(_ value: Double?, _ digits: Int = 4) -> String {
        guard let value else { return "–" }
        return String(format: "%.\(digits)g", value)
    }

    /// `2026-11-23 13:55:22Z`.
    public static func clock(_ time: Timestamp) -> String {
        let text = time.description
        return "\(text.prefix(10)) \(text.dropFirst(11).prefix(8))Z"
    }

    /// How long a run took, from its beginning to its end; empty where it has not ended.
    public static func span(_ run: RunSummary) -> String {
        guard let start = run.started, let end = run.finished else { return "" }
        return Ages.text(from: start, to: end)
    }
}
