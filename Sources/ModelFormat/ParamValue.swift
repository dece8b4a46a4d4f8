/// The value of a layer's param as the text of a `.param` says it.
///
/// A token with `.`, `e` or `E` is a float, one that starts with a letter or a quote is a string, anything else is an
/// integer; a comma makes an array (ncnn src/paramdict.cpp at a4d2ea1d).
public enum ParamValue: Hashable, Sendable {
    case int(Int32)
    case float(Float)
    case ints([Int32])
    case floats([Float])
    case string(String)

    /// The value as an integer; nil for every other kind.
    public var int: Int? {
        guard case .int(let value) = self else { return nil }
        return Int(value)
    }

    /// The value as a float; an integer counts as one, as in ncnn's runtime since 2026-10.
    public var float: Float? {
        switch self {
        case .float(let value): value
        case .int(let value): Float(value)
        case .ints, .floats, .string: nil
        }
    }

    /// The value as integers; nil for every other kind.
    public var ints: [Int]? {
        guard case .ints(let values) = self else { return nil }
        return values.map(Int.init)
    }

    /// The value as floats; integers count as floats.
    public var floats: [Float]? {
        switch self {
        case .floats(let values): values
        case .ints(let values): values.map(Float.init)
        case .int, .float, .string: nil
        }
    }

    /// The value as text without its quotes; nil for every other kind.
    public var string: String? {
        guard case .string(let value) = self else { return nil }
        return value
    }

    /// What an error calls this kind of value.
    public var kind: String {
        switch self {
        case .int: "an integer"
        case .float: "a float"
        case .ints: "an array of integers"
        case .floats: "an array of floats"
        case .string: "a string"
        }
    }
}
