import Foundation

/// Numbers as people read them.
enum Figures {
    /// `155,756 B` below a mebibyte's tenth, else `1.5 MiB`.
    static func bytes(_ count: Int) -> String {
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
    static func share(_ part: Int, of whole: Int) -> String {
        whole > 0 ? "\(fixed(100 * Double(part) / Double(whole), 1)) %" : ""
    }

    /// A number with a fixed number of decimals; a dash for none.
    static func fixed(_ value: Double?, _ decimals: Int) -> String {
        guard let value else { return "–" }
        return String(format: "%.\(decimals)f", value)
    }

    /// A number with some significant digits; a dash for none.
    static func significant(_ value: Double?, _ digits: Int = 4) -> String {
        guard let value else { return "–" }
        return String(format: "%.\(digits)g", value)
    }
}
