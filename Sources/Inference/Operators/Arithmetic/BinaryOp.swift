import Glibc
import Numerics

/// A formula of two bottoms, or of one and a number (ncnn src/layer/binaryop.cpp at a4d2ea1d).
enum BinaryOp {
    /// Reads the params; with `with_scalar` the second element is always the param `b`.
    static func build(_ source: LayerSource) throws -> any Operator {
        let type = try source.int("op_type")
        guard formulas.indices.contains(type) else {
            throw Misfit("op_type is \(type), wanted 0 to \(formulas.count - 1)")
        }
        let formula = formulas[type]
        guard try source.flag("with_scalar") else {
            return FunctionOperator { bottoms in
                [try broadcast(formula, try bottoms.bottom(0), try bottoms.bottom(1))]
            }
        }
        let scalar = try Tensor([1], [try source.float("b")])
        return FunctionOperator { bottoms in
            let bottom = try bottoms.bottom(0)
            let view = View(bottom.shape)
            let same = View(start: 0, axes: view.axes.map { .init(count: $0.count, step: 0) })
            return [try formula(bottom, view, scalar, same, as: bottom.shape)]
        }
    }

    /// The formulas by `op_type`. The names with an r take the second element first.
    private static let formulas: [PairFormula] = [
        PairFormula { x, y in x + y },
        PairFormula { x, y in x - y },
        PairFormula { x, y in x * y },
        PairFormula { x, y in x / y },
        PairFormula { x, y in x < y ? y : x },
        PairFormula { x, y in y < x ? y : x },
        PairFormula { x, y in powf(x, y) },
        PairFormula { x, y in y - x },  // rsub
        PairFormula { x, y in y / x },  // rdiv
        PairFormula { x, y in powf(y, x) },  // rpow
        PairFormula { x, y in atan2f(x, y) },
        PairFormula { x, y in atan2f(y, x) },  // ratan2
        PairFormula { x, y in fmodf(x, y) },
        PairFormula { x, y in fmodf(y, x) },  // rfmod
        PairFormula { x, y in max(x, y) + log1pf(expf(min(x, y) - max(x, y))) },  // logaddexp
        PairFormula { x, y in (x / y).rounded(.down) },  // floor_divide
        PairFormula { x, y in (y / x).rounded(.down) },  // rfloor_divide
        PairFormula { x, y in remainderf(x, y) },
        PairFormula { x, y in remainderf(y, x) },  // rremainder
    ]

    /// The formula of two tensors, axes of one element standing for as many as the other has.
    private static func broadcast(_ formula: PairFormula, _ left: Tensor, _ right: Tensor) throws -> Tensor {
        let (leftShape, rightShape) = (aligned(left, to: right), aligned(right, to: left))
        let shape = zip(leftShape, rightShape).map { max($0, $1) }
        return try formula(
            left, try View(leftShape).broadcast(to: shape), right, try View(rightShape).broadcast(to: shape),
            as: shape)
    }

    /// The shape of a tensor with as many axes as another one's.
    ///
    /// Unlike in NumPy, its axes are the outermost ones of the other; only a vector that is not as long as the other's
    /// outermost axis is its innermost axis.
    private static func aligned(_ tensor: Tensor, to other: Tensor) -> [Int] {
        let ones = [Int](repeating: 1, count: max(0, other.axisCount - tensor.axisCount))
        let isInnermost = tensor.axisCount == 1 && tensor.outerCount != other.outerCount
        return isInnermost ? ones + tensor.shape : tensor.shape + ones
    }
}
