extension Operators {
    /// Attention and what goes with it.
    static let attentionOperators: [OperatorType] = []
}
