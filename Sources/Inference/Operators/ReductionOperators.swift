extension Operators {
    /// Reductions, cumulative sums and statistics.
    static let reductionOperators: [OperatorType] = []
}
