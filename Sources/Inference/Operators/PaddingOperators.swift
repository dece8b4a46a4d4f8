extension Operators {
    /// Borders.
    static let paddingOperators: [OperatorType] = [OperatorType("Padding") { try Padding($0) }]
}
