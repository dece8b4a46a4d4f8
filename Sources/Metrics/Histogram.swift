/// How values are spread, as Prometheus counts them: each bucket holds what is no more than its bound.
public struct Histogram: Hashable, Sendable {
    /// Ascending; what is more than the last is counted in the total alone.
    let bounds: [Double]
    private(set) var counts: [Int]
    private(set) var total = 0
    private(set) var sum = 0.0

    /// An empty one with these upper bounds, ascending.
    public init(_ bounds: [Double]) {
        self.bounds = bounds
        counts = Array(repeating: 0, count: bounds.count)
    }

    /// Counts a value; one that is no number is left out.
    public mutating func add(_ value: Double) {
        guard !value.isNaN else { return }
        for (index, bound) in bounds.enumerated() where value <= bound { counts[index] += 1 }
        total += 1
        sum += value
    }
}
