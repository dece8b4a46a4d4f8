/// Sums over runs of floats in double precision, so that neither length nor order shows in the result.
enum Sums {
    /// `Σ x`.
    static func sum(_ values: UnsafePointer<Float>, count: Int) -> Double {
        var sum = 0.0
        var index = 0
        while index < count {
            sum += Double(values[index])
            index &+= 1
        }
        return sum
    }

    /// `Σ (x − mean)²`.
    static func squares(_ values: UnsafePointer<Float>, count: Int, around mean: Double = 0) -> Double {
        var sum = 0.0
        var index = 0
        while index < count {
            let difference = Double(values[index]) - mean
            sum += difference * difference
            index &+= 1
        }
        return sum
    }
}
