import Numerics

/// Each index of the outermost axis moved and scaled by statistics from training
/// (ncnn src/layer/batchnorm.cpp at a4d2ea1d).
struct BatchNorm: Operator {
    private let factors: [Float]
    private let summands: [Float]

    private static let formula = Formula { x, factor, summand in factor * x + summand }

    init(_ source: LayerSource) throws {
        let eps = try source.float("eps")
        let means = try source.requiredFloats("mean_data")
        let slopes = try source.requiredFloats("slope_data")
        let biases = try source.requiredFloats("bias_data")
        let deviations = try source.requiredFloats("var_data").map { variance in
            let root = (variance + eps).squareRoot()
            return root == 0 ? 0.0001 : root
        }
        factors = zip(slopes, deviations).map { $0 / $1 }
        summands = zip(zip(biases, slopes), zip(means, deviations)).map { $0.0 - $0.1 * $1.0 / $1.1 }
    }

    func run(_ bottoms: [Tensor]) throws -> [Tensor] {
        let bottom = try bottoms.bottom(0)
        guard factors.count >= bottom.outerCount else {
            throw Misfit("has \(factors.count) channels for shape \(bottom.shape)")
        }
        return [try Self.formula(bottom) { (factors[$0], summands[$0], 0) }]
    }
}
