extension Operators {
    /// Recurrent layers.
    static let recurrentOperators: [OperatorType] = []
}
