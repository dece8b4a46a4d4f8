/// The one table of operators, made of one small table for each family.
public enum Operators {
    static let all: [OperatorType] =
        plumbingOperators + convolutionOperators + deconvolutionOperators + innerProductOperators + paddingOperators
        + poolingOperators + quantizationOperators + activationOperators + arithmeticOperators + shapeOperators
        + resizingOperators + normalizationOperators + reductionOperators + matrixOperators + attentionOperators
        + recurrentOperators + signalOperators + detectionOperators + affineOperators

    private static let byName = Dictionary(all.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })

    /// The row of a layer type; nil for a type that cannot be run.
    static func type(named name: String) -> OperatorType? {
        byName[name]
    }

    /// The layer types that can be run.
    public static var names: [String] { all.map(\.name) }
}
