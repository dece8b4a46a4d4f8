import Glibc
import Numerics

/// One of the ways in which ncnn's Reduction folds elements into one (ncnn src/layer/reduction.cpp at a4d2ea1d).
struct ReductionFold: Sendable {
    /// What an element is folded into first.
    let start: Double
    let combine: @Sendable (Double, Double) -> Double
    /// What becomes of the folded value.
    var finish: @Sendable (Float) -> Float = { $0 }
    /// Whether the result is divided by the number of elements.
    var isMean = false

    /// The folds by ncnn's numbers.
    static let all: [ReductionFold] = [
        sum,
        absoluteSum,
        squareSum,
        ReductionFold(start: 0, combine: sum.combine, isMean: true),
        ReductionFold(start: -Double(Float.greatestFiniteMagnitude), combine: { $1 > $0 ? $1 : $0 }),
        ReductionFold(start: Double(Float.greatestFiniteMagnitude), combine: { $1 < $0 ? $1 : $0 }),
        ReductionFold(start: 1, combine: { $0 * $1 }),
        absoluteSum,
        // Subnormal sums count as zero there.
        ReductionFold(
            start: 0, combine: squareSum.combine,
            finish: { ($0 < Float.leastNormalMagnitude ? 0 : $0).squareRoot() }),
        ReductionFold(start: 0, combine: sum.combine, finish: { logf($0) }),
        ReductionFold(start: 0, combine: { $0 + exp($1) }, finish: { logf($0) }),
    ]

    private static let sum = ReductionFold(start: 0, combine: { $0 + $1 })
    private static let absoluteSum = ReductionFold(start: 0, combine: { $0 + $1.magnitude })
    private static let squareSum = ReductionFold(start: 0, combine: { $0 + $1 * $1 })
}

/// Folds a blob over some of its axes.
struct Reduction: Operator {
    private let fold: ReductionFold
    /// nil for all axes.
    private let axes: [Int]?
    private let coefficient: Float
    private let keepsAxes: Bool

    init(_ source: LayerSource) throws {
        let operation = try source.int("operation")
        guard ReductionFold.all.indices.contains(operation) else {
            throw Misfit("operation is \(operation), wanted 0 to \(ReductionFold.all.count - 1)")
        }
        let axes = try source.ints("axes")
        guard try axes.isEmpty || source.flag("fixbug0") else {
            throw Misfit("has axes without fixbug0: ncnn refuses params of that age")
        }
        for axis in axes where !(-Tensor.mostAxes..<Tensor.mostAxes).contains(axis) {
            throw Misfit("axis is \(axis), wanted \(-Tensor.mostAxes) to \(Tensor.mostAxes - 1)")
        }
        self.fold = ReductionFold.all[operation]
        self.axes = try source.flag("reduce_all") ? nil : axes
        self.coefficient = try source.float("coeff")
        self.keepsAxes = try source.flag("keepdims")
    }

    func run(_ bottoms: [Tensor]) throws -> [Tensor] {
        let bottom = try bottoms.bottom(0)
        guard !bottom.isEmpty else { throw Misfit("the bottom is empty") }
        let isReduced = try reducedAxes(of: bottom.shape)
        let kept = zip(bottom.shape, isReduced).map { $1 ? 1 : $0 }
        let short = zip(bottom.shape, isReduced).filter { !$1 }.map(\.0)
        let shape = keepsAxes ? kept : short.isEmpty ? [1] : short

        var sums = [Double](repeating: fold.start, count: try Tensor.count(of: shape))
        try bottom.withFloats { accumulate($0, of: bottom.shape, isReduced, into: &sums) }
        let scale = fold.isMean ? coefficient / Float(bottom.count / sums.count) : coefficient
        return [try Tensor(shape, sums.map { fold.finish(Float($0)) * scale })]
    }

    /// Whether each axis is folded. A vector is always, whatever the axes say.
    private func reducedAxes(of shape: [Int]) throws -> [Bool] {
        guard let axes, shape.count > 1 else { return shape.map { _ in true } }
        var isReduced = shape.map { _ in false }
        for axis in axes {
            let index = axis < 0 ? axis + shape.count : axis
            guard shape.indices.contains(index) else {
                throw Misfit("axis is \(axis), the bottom's shape \(shape) has \(shape.count) axes")
            }
            isReduced[index] = true
        }
        return isReduced
    }

    /// Folds row after row of the innermost axis into the results.
    private func accumulate(
        _ values: UnsafeBufferPointer<Float>, of shape: [Int], _ isReduced: [Bool], into sums: inout [Double]
    ) {
        let width = shape[shape.count - 1]
        let isRowReduced = isReduced[shape.count - 1]
        for row in 0..<values.count / width {
            var rest = row
            var step = isRowReduced ? 1 : width
            var target = 0
            for axis in stride(from: shape.count - 2, through: 0, by: -1) {
                if !isReduced[axis] {
                    target += rest % shape[axis] * step
                    step *= shape[axis]
                }
                rest /= shape[axis]
            }
            for column in 0..<width {
                let index = isRowReduced ? target : target + column
                sums[index] = fold.combine(sums[index], Double(values[row * width + column]))
            }
        }
    }
}
