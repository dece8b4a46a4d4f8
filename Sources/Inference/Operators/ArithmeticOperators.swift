import Glibc
import Numerics

extension Operators {
    /// Arithmetic on elements, with the formulas of the plain layers in ncnn's src/layer at a4d2ea1d.
    static let arithmeticOperators: [OperatorType] = [
        .pointwise("AbsVal", Formula { x in x < 0 ? -x : x }),
        OperatorType("BinaryOp", BinaryOp.build),
        .function("DeepCopy") { _ in { [try $0.bottom(0)] } },
        .pointwise("Dropout", of: ["scale"], Formula { x, scale in x * scale }),
        OperatorType("Eltwise") { try Eltwise($0) },
        .pointwise("Erf", Formula { x in erff(x) }),
        .pointwise(
            "Exp", of: ["base", "scale", "shift"],
            // A base of -1 stands for e.
            Formula { x, base, scale, shift in
                base == -1 ? expf(shift + x * scale) : powf(base, shift + x * scale)
            }),
        .pointwise(
            "Log", of: ["base", "scale", "shift"],
            Formula { x, base, scale, shift in
                let logarithm = logf(shift + x * scale)
                return base == -1 ? logarithm : logarithm * (1 / logf(base))
            }),
        .pointwise(
            "Power", of: ["power", "scale", "shift"],
            Formula { x, power, scale, shift in powf(shift + x * scale, power) }),
        .function("UnaryOp") { source in
            let type = try source.int("op_type")
            guard unaryFormulas.indices.contains(type) else {
                throw Misfit("op_type is \(type), wanted 0 to \(unaryFormulas.count - 1)")
            }
            let formula = unaryFormulas[type]
            return { [try formula(try $0.bottom(0))] }
        },
    ]

    /// The formulas of UnaryOp by its `op_type`.
    private static let unaryFormulas: [Formula] = [
        Formula { x in abs(x) },
        Formula { x in -x },
        Formula { x in x.rounded(.down) },
        Formula { x in x.rounded(.up) },
        Formula { x in x * x },
        Formula { x in x.squareRoot() },
        Formula { x in 1 / x.squareRoot() },
        Formula { x in expf(x) },
        Formula { x in logf(x) },
        Formula { x in sinf(x) },
        Formula { x in cosf(x) },
        Formula { x in tanf(x) },
        Formula { x in asinf(x) },
        Formula { x in acosf(x) },
        Formula { x in atanf(x) },
        Formula { x in 1 / x },
        Formula { x in tanhf(x) },
        Formula { x in log10f(x) },
        Formula { x in x.rounded(.toNearestOrEven) },
        Formula { x in x.rounded(.towardZero) },
        Formula { x in x > 0 ? 1 : x < 0 ? -1 : 0 },
        Formula { x in expm1f(x) },
        Formula { x in sinhf(x) },
        Formula { x in asinhf(x) },
        Formula { x in coshf(x) },
        Formula { x in acoshf(x) },
        Formula { x in atanhf(x) },
        Formula { x in log1pf(x) },
    ]
}
