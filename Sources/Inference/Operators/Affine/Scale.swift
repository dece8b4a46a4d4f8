import Numerics

/// Each index of the outermost axis times a factor, which is a weight or comes in a second bottom, with or without a bias
/// (ncnn src/layer/scale.cpp at a4d2ea1d).
struct Scale: Operator {
    /// nil where the second bottom has them.
    private let factors: [Float]?
    private let biases: [Float]?

    private static let product = Formula { x, factor in x * factor }
    private static let productAndSum = Formula { x, factor, bias in x * factor + bias }

    init(_ source: LayerSource) throws {
        factors = try source.floatWeight("scale_data")
        biases = try source.flag("bias_term") ? try source.requiredFloats("bias_data") : nil
    }

    func run(_ bottoms: [Tensor]) throws -> [Tensor] {
        let bottom = try bottoms.bottom(0)
        let factors = try factors ?? (try bottoms.bottom(1).floats())
        guard min(factors.count, biases?.count ?? .max) >= bottom.outerCount else {
            throw Misfit("has \(factors.count) factors for shape \(bottom.shape)")
        }
        guard let biases else { return [try Self.product(bottom) { (factors[$0], 0, 0) }] }
        return [try Self.productAndSum(bottom) { (factors[$0], biases[$0], 0) }]
    }
}
