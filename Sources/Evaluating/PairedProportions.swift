/// Two yes-or-no answers for each of some samples: whether the one twin was right, and whether the other was.
struct PairedProportions: Hashable {
    /// Both were right.
    var both = 0
    /// Only the first was right.
    var onlyFirst = 0
    /// Only the second was right.
    var onlySecond = 0
    /// None was right.
    var neither = 0

    var count: Int { both + onlyFirst + onlySecond + neither }

    /// The part of the samples in which the first was right.
    var first: Double { Double(both + onlyFirst) / Double(count) }

    /// The part of the samples in which the second was right.
    var second: Double { Double(both + onlySecond) / Double(count) }

    mutating func add(_ first: Bool, _ second: Bool) {
        switch (first, second) {
        case (true, true): both += 1
        case (true, false): onlyFirst += 1
        case (false, true): onlySecond += 1
        case (false, false): neither += 1
        }
    }

    /// The 95 % confidence interval of `second - first`; nil without samples.
    ///
    /// Method 10 of R. G. Newcombe, "Improved confidence intervals for the difference between binomial proportions based
    /// on paired data", Statistics in Medicine 17 (1998) 2635–2650: Wilson's intervals of both proportions, joined
    /// with the correlation between the answers. It stays within ±1 and does not shrink to a point where the twins never
    /// differ, as the textbook interval does.
    var interval: ClosedRange<Double>? {
        guard count > 0 else { return nil }
        let (one, other) = (Self.wilson(first, count), Self.wilson(second, count))
        let (below, above) = (second - other.lowerBound, other.upperBound - second)
        let (belowFirst, aboveFirst) = (first - one.lowerBound, one.upperBound - first)
        func distance(_ a: Double, _ b: Double) -> Double {
            max(0, a * a - 2 * correlation * a * b + b * b).squareRoot()
        }
        let difference = second - first
        let low = max(-1, difference - distance(below, aboveFirst))
        let high = min(1, difference + distance(above, belowFirst))
        return low...max(low, high)
    }

    /// The phi coefficient, with the paper's correction for continuity where it is above zero.
    private var correlation: Double {
        let (a, b, c, d) = (Double(both), Double(onlyFirst), Double(onlySecond), Double(neither))
        let margins = (a + b) * (c + d) * (a + c) * (b + d)
        guard margins > 0 else { return 0 }
        let excess = a * d - b * c
        return (excess < 0 ? excess : max(excess - Double(count) / 2, 0)) / margins.squareRoot()
    }

    /// Wilson's score interval of a proportion, at 95 %.
    private static func wilson(_ proportion: Double, _ count: Int) -> ClosedRange<Double> {
        // The 97.5 % point of the normal distribution.
        let z = 1.959963984540054
        let n = Double(count)
        let middle = proportion + z * z / (2 * n)
        let half = z * (proportion * (1 - proportion) / n + z * z / (4 * n * n)).squareRoot()
        let low = max(0, (middle - half) / (1 + z * z / n))
        return low...max(low, min(1, (middle + half) / (1 + z * z / n)))
    }
}
