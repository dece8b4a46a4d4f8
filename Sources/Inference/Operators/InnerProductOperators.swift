extension Operators {
    /// Fully connected layers.
    static let innerProductOperators: [OperatorType] = [
        OperatorType("InnerProduct") { try InnerProduct($0) }
    ]
}
