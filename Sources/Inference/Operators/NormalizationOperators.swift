extension Operators {
    /// Norms and scales.
    static let normalizationOperators: [OperatorType] = []
}
