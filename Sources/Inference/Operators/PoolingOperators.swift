extension Operators {
    /// Pooling over windows.
    static let poolingOperators: [OperatorType] = [
        OperatorType("Pooling") { try Pooling($0, .two) },
        OperatorType("Pooling1D") { try Pooling($0, .one) },
        OperatorType("Pooling3D") { try Pooling($0, .three) },
    ]
}
