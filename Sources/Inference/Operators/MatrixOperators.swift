extension Operators {
    /// Matrix products and look-ups.
    static let matrixOperators: [OperatorType] = []
}
