/// A whole number that follows from the params of a layer, such as the number of elements of a weight array.
///
/// It is a value and no closure, so that the audit can see which params it reads, and so that one evaluator keeps every
/// row from overflowing.
public indirect enum Count: Hashable, Sendable, ExpressibleByIntegerLiteral, ExpressibleByStringLiteral {
    case constant(Int)
    /// The param of this name.
    case param(String)
    case product(Count, Count)
    /// The quotient, cut towards zero as in C.
    case quotient(Count, Count)
    case either(Condition, Count, otherwise: Count)

    public init(integerLiteral value: Int) {
        self = .constant(value)
    }

    public init(stringLiteral name: String) {
        self = .param(name)
    }

    static func * (left: Count, right: Count) -> Count {
        .product(left, right)
    }

    static func / (left: Count, right: Count) -> Count {
        .quotient(left, right)
    }

    /// Names of the params it reads.
    public var references: [String] {
        switch self {
        case .constant: []
        case .param(let name): [name]
        case .product(let left, let right), .quotient(let left, let right): left.references + right.references
        case .either(let condition, let yes, let no): condition.references + yes.references + no.references
        }
    }
}

/// Something that holds or not for the params of a layer.
public indirect enum Condition: Hashable, Sendable {
    case always
    case equals(Count, Count)
    case above(String, Int)
    case not(Condition)
    case all([Condition])
    case any([Condition])

    /// The param is not zero.
    static func isSet(_ name: String) -> Condition {
        .not(isZero(name))
    }

    static func isZero(_ name: String) -> Condition {
        .equals(.param(name), 0)
    }

    /// Names of the params it reads.
    public var references: [String] {
        switch self {
        case .always: []
        case .equals(let left, let right): left.references + right.references
        case .above(let name, _): [name]
        case .not(let condition): condition.references
        case .all(let conditions), .any(let conditions): conditions.flatMap(\.references)
        }
    }
}
