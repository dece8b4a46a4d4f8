public import Ledger

/// Spans of time as people say them.
public enum Ages {
    /// The span from one time to another in its two largest units.
    public static func text(from start: Timestamp, to end: Timestamp) -> String {
        text(microseconds: end.microseconds.subtractingReportingOverflow(start.microseconds).partialValue)
    }

    /// A span in its two largest units: `350 ms`, `12 s`, `3 min 5 s`, `2 h 10 min`, `4 d 1 h`.
    public static func text(microseconds: Int64) -> String {
        let span = max(0, microseconds)
        if span < 1_000_000 { return "\(span / 1000) ms" }
        let seconds = span / 1_000_000
        let units: [(Int64, String)] = [(86400, "d"), (3600, "h"), (60, "min"), (1, "s")]
        guard let largest = units.firstIndex(where: { seconds >= $0.0 }) else { return "0 s" }
        let (count, rest) = seconds.quotientAndRemainder(dividingBy: units[largest].0)
        let first = "\(count) \(units[largest].1)"
        guard largest + 1 < units.count, rest >= units[largest + 1].0 else { return first }
        return "\(first) \(rest / units[largest + 1].0) \(units[largest + 1].1)"
    }
}
