import Glibc
import Numerics

/// The activation that a layer applies to its own output (ncnn src/layer/fused_activation.h at a4d2ea1d).
enum Activation: Hashable, Sendable {
    case none
    case relu
    case leakyReLU(slope: Float)
    case clip(min: Float, max: Float)
    case sigmoid
    case mish
    case hardSwish(alpha: Float, beta: Float)

    /// Reads `activation_type` and `activation_params`.
    ///
    /// - Throws: `Misfit` for an unknown type or too few params.
    init(_ source: LayerSource) throws {
        let type = try source.int("activation_type")
        let params = try source.floats("activation_params")
        func param(_ index: Int) throws -> Float {
            guard params.indices.contains(index) else {
                throw Misfit("activation type \(type) has \(params.count) params, wanted at least \(index + 1)")
            }
            return params[index]
        }
        switch type {
        case 0: self = .none
        case 1: self = .relu
        case 2: self = .leakyReLU(slope: try param(0))
        case 3: self = .clip(min: try param(0), max: try param(1))
        case 4: self = .sigmoid
        case 5: self = .mish
        case 6: self = .hardSwish(alpha: try param(0), beta: try param(1))
        default: throw Misfit("has activation type \(type), wanted 0 to 6")
        }
    }

    /// The value behind the activation.
    func callAsFunction(_ value: Float) -> Float {
        switch self {
        case .none:
            return value
        case .relu:
            // fmaxf takes the number where the other is NaN.
            return value > 0 ? value : 0
        case .leakyReLU(let slope):
            return value > 0 ? value : value * slope
        case .clip(let min, let max):
            let raised = value < min ? min : value
            return raised > max ? max : raised
        case .sigmoid:
            return 1 / (1 + expf(-Swift.max(Swift.min(value, 88.376_26), -88.376_26)))
        case .mish:
            return value * tanhf(logf(expf(value) + 1))
        case .hardSwish(let alpha, let beta):
            let lower = -beta / alpha
            let upper = 1 / alpha + lower
            if value < lower { return 0 }
            return value > upper ? value : value * (value * alpha + beta)
        }
    }

    /// The same for the kernels that store sums; nil where they do not have it.
    var fused: SumActivation? {
        switch self {
        case .none: SumActivation.none
        case .relu: .relu
        case .leakyReLU(let slope): .leaky(slope: slope)
        case .clip(let min, let max): .clip(low: min, high: max)
        case .sigmoid, .mish, .hardSwish: nil
        }
    }

    /// Applies it to every element.
    func apply(to values: UnsafeMutableBufferPointer<Float>) {
        if case .none = self { return }
        if case .sigmoid = self { return PointwiseKernels.fast.sigmoid(values) }
        for index in values.indices { values[index] = self(values[index]) }
    }
}
