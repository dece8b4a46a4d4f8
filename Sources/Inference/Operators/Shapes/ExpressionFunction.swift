import Glibc

/// A function of a `SizeExpression`.
enum ExpressionFunction: Sendable {
    case unary(@Sendable (ExpressionNumber) throws -> ExpressionNumber)
    case binary(@Sendable (ExpressionNumber, ExpressionNumber) throws -> ExpressionNumber)

    /// Every function by its word.
    static let named: [String: ExpressionFunction] = [
        "+": arithmetic({ $0 + $1 }, { $0 + $1 }),
        "-": arithmetic({ $0 - $1 }, { $0 - $1 }),
        "*": arithmetic({ $0 * $1 }, { $0 * $1 }),
        "//": arithmetic(quotient, { ($0 / $1).rounded(.down) }),
        "max": arithmetic({ $0 < $1 ? $1 : $0 }, { $0 < $1 ? $1 : $0 }),
        "min": arithmetic({ $1 < $0 ? $1 : $0 }, { $1 < $0 ? $1 : $0 }),
        "abs": sign({ abs($0) }, { abs($0) }),
        "neg": sign({ -$0 }, { -$0 }),
        "sign": sign({ $0.signum() }, { $0 > 0 ? 1 : $0 == 0 ? 0 : -1 }),
        "square": sign({ $0 * $0 }, { $0 * $0 }),
        "trunc": rounding(.towardZero),
        "ceil": rounding(.up),
        "floor": rounding(.down),
        "round": rounding(.toNearestOrAwayFromZero),
        "acos": real { acosf($0) },
        "acosh": real { acoshf($0) },
        "asin": real { asinf($0) },
        "asinh": real { asinhf($0) },
        "atan": real { atanf($0) },
        "atanh": real { atanhf($0) },
        "cos": real { cosf($0) },
        "cosh": real { coshf($0) },
        "erf": real { erff($0) },
        "exp": real { expf($0) },
        "log": real { logf($0) },
        "log10": real { log10f($0) },
        "reciprocal": real { 1 / $0 },
        "rsqrt": real { 1 / $0.squareRoot() },
        "sin": real { sinf($0) },
        "sinh": real { sinhf($0) },
        "sqrt": real { $0.squareRoot() },
        "tan": real { tanf($0) },
        "tanh": real { tanhf($0) },
        "/": reals { $0 / $1 },
        "atan2": reals { atan2f($0, $1) },
        "fmod": reals { fmodf($0, $1) },
        "pow": reals { powf($0, $1) },
        "remainder": reals { fmodf($0, $1) + ($0 * $1 < 0 ? $1 : 0) },
        "logaddexp": reals { logf(expf($0) + expf($1)) },
        "and": bits { $0 & $1 },
        "or": bits { $0 | $1 },
        "xor": bits { $0 ^ $1 },
        "lshift": bits { $0 << $1 },
        "rshift": bits { $0 >> $1 },
    ]

    // MARK: Kinds of functions

    /// Of two numbers; whole where both are.
    private static func arithmetic(
        _ wholes: @escaping @Sendable (Int, Int) throws -> Int, _ reals: @escaping @Sendable (Float, Float) -> Float
    ) -> ExpressionFunction {
        .binary { first, second in
            guard case .whole(let left) = first, case .whole(let right) = second else {
                return .real(reals(first.real, second.real))
            }
            return try .checked(try wholes(left, right))
        }
    }

    /// Of one number; whole where it is.
    private static func sign(
        _ whole: @escaping @Sendable (Int) -> Int, _ real: @escaping @Sendable (Float) -> Float
    ) -> ExpressionFunction {
        .unary { number in
            switch number {
            case .whole(let value): try .checked(whole(value))
            case .real(let value): .real(real(value))
            }
        }
    }

    private static func rounding(_ rule: FloatingPointRoundingRule) -> ExpressionFunction {
        .unary { .whole(try $0.rounded(rule)) }
    }

    private static func real(_ function: @escaping @Sendable (Float) -> Float) -> ExpressionFunction {
        .unary { .real(function($0.real)) }
    }

    private static func reals(_ function: @escaping @Sendable (Float, Float) -> Float) -> ExpressionFunction {
        .binary { .real(function($0.real, $1.real)) }
    }

    private static func bits(_ function: @escaping @Sendable (Int32, Int32) -> Int32) -> ExpressionFunction {
        .binary { first, second in
            guard case .whole(let left) = first, case .whole(let right) = second else {
                throw Misfit("an expression takes the bits of \(first.real) and \(second.real), wanted whole numbers")
            }
            return .whole(Int(function(Int32(truncatingIfNeeded: left), Int32(truncatingIfNeeded: right))))
        }
    }

    /// The quotient, cut towards zero as in C.
    @Sendable private static func quotient(_ dividend: Int, _ divisor: Int) throws -> Int {
        guard divisor != 0 else { throw Misfit("an expression divides \(dividend) by 0") }
        return dividend / divisor
    }
}
