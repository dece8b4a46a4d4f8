/// A number of a `SizeExpression`, whole until a function makes a float of it.
enum ExpressionNumber: Hashable, Sendable {
    /// A whole number of 32 bits.
    case whole(Int)
    case real(Float)

    /// The number that a word says; nil where it says none.
    init?(_ word: Substring) {
        if let whole = Int32(word) {
            self = .whole(Int(whole))
        } else if let real = Float(word), real.isFinite {
            self = Int32(exactly: real).map { .whole(Int($0)) } ?? .real(real)
        } else {
            return nil
        }
    }

    /// The number as a float.
    var real: Float {
        switch self {
        case .whole(let whole): Float(whole)
        case .real(let real): real
        }
    }

    /// The number without its fraction.
    var truncated: Int {
        get throws { try rounded(.towardZero) }
    }

    /// The whole number next to it.
    ///
    /// - Throws: `Misfit` where it is beyond 32 bits or no number.
    func rounded(_ rule: FloatingPointRoundingRule) throws -> Int {
        switch self {
        case .whole(let whole):
            return whole
        case .real(let real):
            guard let whole = Int32(exactly: real.rounded(rule)) else {
                throw Misfit("an expression comes to \(real), which is no whole number of 32 bits")
            }
            return Int(whole)
        }
    }

    /// A whole number that was computed.
    ///
    /// - Throws: `Misfit` where it is beyond 32 bits.
    static func checked(_ whole: Int) throws -> ExpressionNumber {
        guard Int32(exactly: whole) != nil else { throw Misfit("an expression comes to \(whole), beyond 32 bits") }
        return .whole(whole)
    }
}
