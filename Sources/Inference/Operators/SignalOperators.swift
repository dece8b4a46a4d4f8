extension Operators {
    /// Short-time Fourier transforms.
    static let signalOperators: [OperatorType] = []
}
