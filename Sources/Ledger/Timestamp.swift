import Glibc

/// A point in time, in whole microseconds of UTC since 1970, as the ledger stores it.
///
/// As text it is RFC 3339 with microseconds and `Z`: `2026-11-23T13:15:27.123456Z`.
public struct Timestamp: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
    /// Microseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
    public let microseconds: Int64

    public init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    /// The time of the system's clock.
    public static var now: Timestamp {
        var time = timespec()
        // clock_gettime(2) knows no failure for this clock and a valid address.
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(microseconds: Int64(time.tv_sec) * million + Int64(time.tv_nsec) / 1000)
    }

    /// Takes RFC 3339: a date, `T` or a space, a time with up to nine digits of a second, and `Z` or an offset; nil for
    /// anything else, such as a 30th of February. What is finer than a microsecond is cut off.
    public init?(_ text: String) {
        var rest = Array(text.utf8)[...]
        func digits(_ count: Int, _ range: ClosedRange<Int>) -> Int? {
            let found = rest.prefix(count)
            guard found.count == count, found.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
            rest = rest.dropFirst(count)
            let value = found.reduce(0) { $0 * 10 + Int($1 - 0x30) }
            return range.contains(value) ? value : nil
        }
        func one(of letters: String) -> UInt8? {
            guard let first = rest.first, letters.utf8.contains(first) else { return nil }
            rest = rest.dropFirst()
            return first
        }

        guard let year = digits(4, 0...9999), one(of: "-") != nil, let month = digits(2, 1...12), one(of: "-") != nil,
            let day = digits(2, 1...31), one(of: "Tt ") != nil, let hour = digits(2, 0...23), one(of: ":") != nil,
            let minute = digits(2, 0...59), one(of: ":") != nil, let second = digits(2, 0...59)
        else { return nil }

        var fraction: Int64 = 0
        if one(of: ".") != nil {
            let found = rest.prefix { (0x30...0x39).contains($0) }
            guard (1...9).contains(found.count) else { return nil }
            rest = rest.dropFirst(found.count)
            let six = (Array(found) + [UInt8](repeating: 0x30, count: 6)).prefix(6)
            fraction = six.reduce(0) { $0 * 10 + Int64($1 - 0x30) }
        }

        var offset: Int64 = 0
        if let sign = one(of: "+-") {
            guard let hours = digits(2, 0...23), one(of: ":") != nil, let minutes = digits(2, 0...59) else {
                return nil
            }
            offset = Int64(hours * 3600 + minutes * 60) * (sign == UInt8(ascii: "-") ? -1 : 1)
        } else if one(of: "Zz") == nil {
            return nil
        }
        guard rest.isEmpty else { return nil }

        var parts = tm()
        (parts.tm_year, parts.tm_mon, parts.tm_mday) = (CInt(year - 1900), CInt(month - 1), CInt(day))
        (parts.tm_hour, parts.tm_min, parts.tm_sec) = (CInt(hour), CInt(minute), CInt(second))
        let seconds = Int64(timegm(&parts))
        // timegm(3) turns the 30th of February into a day of March.
        guard parts.tm_mday == CInt(day) else { return nil }
        microseconds = (seconds - offset) * Self.million + fraction
    }

    public var description: String {
        var (seconds, fraction) = microseconds.quotientAndRemainder(dividingBy: Self.million)
        if fraction < 0 { (seconds, fraction) = (seconds - 1, fraction + Self.million) }
        var time = time_t(seconds)
        var parts = tm()
        gmtime_r(&time, &parts)
        func padded(_ value: Int, _ width: Int) -> String {
            let digits = String(value)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        let date =
            "\(padded(Int(parts.tm_year) + 1900, 4))-\(padded(Int(parts.tm_mon) + 1, 2))-\(padded(Int(parts.tm_mday), 2))"
        let clock = "\(padded(Int(parts.tm_hour), 2)):\(padded(Int(parts.tm_min), 2)):\(padded(Int(parts.tm_sec), 2))"
        return "\(date)T\(clock).\(padded(Int(fraction), 6))Z"
    }

    /// This time, moved by so many seconds; it stops at the ends of what can be stored.
    public func advanced(bySeconds seconds: Double) -> Timestamp {
        let moved = Double(microseconds) + seconds * Double(Self.million)
        guard moved.isFinite, abs(seconds) < 1e12 else { return Timestamp(microseconds: seconds < 0 ? .min : .max) }
        let (sum, overflow) = microseconds.addingReportingOverflow(Int64(seconds * Double(Self.million)))
        return Timestamp(microseconds: overflow ? (seconds < 0 ? .min : .max) : sum)
    }

    /// Seconds from `earlier` to this time.
    public func seconds(since earlier: Timestamp) -> Double {
        (Double(microseconds) - Double(earlier.microseconds)) / Double(Self.million)
    }

    public static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.microseconds < right.microseconds
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let time = Timestamp(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "no time as RFC 3339 has it")
        }
        self = time
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }

    private static let million: Int64 = 1_000_000
}
