extension Operators {
    /// Fully connected layers.
    static let innerProductOperators: [OperatorType] = [
        OperatorType("InnerProduct") { source in
            InnerProduct(filter: try Filter(source, hasInt8: true), activation: try Activation(source))
        }
    ]
}
