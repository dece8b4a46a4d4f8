import LayerCatalogue
import Numerics

/// What a layer does with its bottoms.
///
/// A value is built once from the layer's params and weights and then runs any number of times, on any thread.
protocol Operator: Sendable {
    /// The tops for these bottoms, at least as many as the layer names.
    ///
    /// - Throws: `Misfit` or `TensorError` where the bottoms do not fit. No bottoms and no params may make it trap.
    func run(_ bottoms: [Tensor]) throws -> [Tensor]

    /// The scale of the int8 tops: `int8 = float * scale`; nil where the tops are no int8 of a known scale.
    var topScale: Float? { get }
}

extension Operator {
    var topScale: Float? { nil }
}

/// An operator that is one function, for the many layers without weights.
struct FunctionOperator: Operator {
    let function: @Sendable ([Tensor]) throws -> [Tensor]

    func run(_ bottoms: [Tensor]) throws -> [Tensor] {
        try function(bottoms)
    }
}

/// A row of the table of operators: the layer type and how its operator is built.
struct OperatorType: Sendable {
    /// ncnn's name of the layer type.
    let name: String
    /// Builds the operator of one layer.
    let build: @Sendable (LayerSource) throws -> any Operator

    init(_ name: String, _ build: @escaping @Sendable (LayerSource) throws -> any Operator) {
        self.name = name
        self.build = build
    }

    /// A row for an operator that is one function of its bottoms; `prepare` reads the params once.
    static func function(
        _ name: String, _ prepare: @escaping @Sendable (LayerSource) throws -> @Sendable ([Tensor]) throws -> [Tensor]
    ) -> OperatorType {
        OperatorType(name) { FunctionOperator(function: try prepare($0)) }
    }
}

extension [Tensor] {
    /// The bottom of this index.
    ///
    /// - Throws: `Misfit` where there are not so many.
    func bottom(_ index: Int) throws -> Tensor {
        guard indices.contains(index) else {
            throw Misfit("has \(count) bottoms, wanted at least \(index + 1)")
        }
        return self[index]
    }
}
