import Glibc
import Numerics

extension Operators {
    /// Activation functions, with the formulas of the plain layers in ncnn's src/layer at a4d2ea1d.
    static let activationOperators: [OperatorType] = [
        .pointwise("BNLL", Formula { x in x > 0 ? x + logf(1 + expf(-x)) : logf(1 + expf(x)) }),
        .pointwise("CELU", of: ["alpha"], Formula { x, alpha in x < 0 ? (expf(x / alpha) - 1) * alpha : x }),
        .pointwise(
            "Clip", of: ["min", "max"],
            Formula { x, low, high in
                let raised = x < low ? low : x
                return raised > high ? high : raised
            }),
        .pointwise("ELU", of: ["alpha"], Formula { x, alpha in x < 0 ? alpha * (expf(x) - 1) : x }),
        .function("GELU") { source in
            let formula = try source.flag("fast_gelu") ? fastGELU : exactGELU
            return { [try formula(try $0.bottom(0))] }
        },
        .function("GLU") { source in
            let axis = try source.int("axis")
            return { [try gate(try $0.bottom(0), along: axis)] }
        },
        .pointwise(
            "HardSigmoid", of: ["alpha", "beta"],
            Formula { x, alpha, beta in
                let lower = -beta / alpha
                return x < lower ? 0 : x > 1 / alpha + lower ? 1 : x * alpha + beta
            }),
        .pointwise(
            "HardSwish", of: ["alpha", "beta"],
            Formula { x, alpha, beta in
                let lower = -beta / alpha
                return x < lower ? 0 : x > 1 / alpha + lower ? x : x * (x * alpha + beta)
            }),
        .pointwise(
            "Mish",
            Formula { x in
                let softplus = x > 20 ? x : x < -20 ? expf(x) : logf(expf(x) + 1)
                return x * tanhf(softplus)
            }),
        OperatorType("PReLU") { PReLU(slopes: try $0.requiredFloats("slope_data")) },
        .function("ReLU") { source in
            let slope = try source.float("slope")
            // With a slope of 0 an infinite element becomes 0, which the product would not.
            let formula = slope == 0 ? Formula { x in x < 0 ? 0 : x } : Formula { x, slope in x < 0 ? x * slope : x }
            return { [try formula($0.bottom(0), (slope, 0, 0))] }
        },
        .pointwise(
            "SELU", of: ["alpha", "lambda"],
            Formula { x, alpha, lambda in x < 0 ? (expf(x) - 1) * (alpha * lambda) : x * lambda }),
        .pointwise(
            "Shrink", of: ["bias", "lambd"],
            Formula { x, bias, lambda in x < -lambda ? x + bias : x > lambda ? x - bias : 0 }),
        .pointwise("Sigmoid", Formula(kernel: PointwiseKernels.fast.sigmoid)),
        .pointwise("Softplus", Formula { x in logf(expf(x) + 1) }),
        .pointwise("Swish", Formula(kernel: PointwiseKernels.fast.swish)),
        .pointwise("TanH", Formula(kernel: PointwiseKernels.fast.tanh)),
        .pointwise("Threshold", of: ["threshold"], Formula { x, threshold in x > threshold ? 1 : 0 }),
    ]

    private static let fastGELU = Formula(kernel: PointwiseKernels.fast.fastGELU)

    private static let exactGELU = Formula { x in 0.5 * x * erfcf(-0.707_106_78 * x) }

    private static let gate = PairFormula { x, gate in x * (1 / (1 + expf(-gate))) }

    /// The first half of an axis, each element times the sigmoid of its partner in the second half.
    private static func gate(_ bottom: Tensor, along index: Int) throws -> Tensor {
        let axis = try bottom.axis(index)
        let view = View(bottom.shape)
        let half = bottom.shape[axis] / 2
        let values = try view.cut(axis, from: 0, count: half)
        return try gate(bottom, values, bottom, try view.cut(axis, from: half, count: half), as: values.counts)
    }
}

/// A leaky ReLU whose slopes were learnt: one for all, or one for each index of the outermost axis.
private struct PReLU: Operator {
    let slopes: [Float]
    private static let formula = Formula { x, slope in x < 0 ? x * slope : x }

    func run(_ bottoms: [Tensor]) throws -> [Tensor] {
        let bottom = try bottoms.bottom(0)
        guard slopes.count > 1 else { return [try Self.formula(bottom, (slopes[0], 0, 0))] }
        guard slopes.count >= bottom.outerCount else {
            throw Misfit("has \(slopes.count) slopes for shape \(bottom.shape), wanted \(bottom.outerCount)")
        }
        return [try Self.formula(bottom) { (slopes[$0], 0, 0) }]
    }
}
