import Testing

@testable import Evaluating

@Suite("intervals of paired proportions")
struct PairedProportionsTests {
    /// Counts of both right, only the first, only the second and none; and the published limits of first minus second.
    struct Example: Sendable {
        let counts: PairedProportions
        let low: Double
        let high: Double
        let digits: Double

        init(_ a: Int, _ b: Int, _ c: Int, _ d: Int, _ low: Double, _ high: Double, within digits: Double = 1e-4) {
            counts = PairedProportions(both: a, onlyFirst: b, onlySecond: c, neither: d)
            (self.low, self.high, self.digits) = (low, high, digits)
        }
    }

    static let examples = [
        // Newcombe, Statistics in Medicine 17 (1998) 2635–2650, method 10.
        Example(36, 12, 2, 0, 0.0569, 0.3404),
        Example(18, 12, 2, 18, 0.0562, 0.3290),
        Example(53, 0, 0, 1, -0.0729, 0.0729),
        Example(0, 30, 0, 0, 0.8395, 1.0),
    ]

    @Test("are those of the paper's worked examples", arguments: examples)
    func published(_ example: Example) throws {
        // The paper has first minus second.
        let interval = try #require(example.counts.interval)
        #expect(abs(-interval.upperBound - example.low) < example.digits)
        #expect(abs(-interval.lowerBound - example.high) < example.digits)
    }

    @Test("have the difference inside, for every table of up to twelve samples")
    func inside() throws {
        for a in 0...3 {
            for b in 0...3 {
                for c in 0...3 {
                    for d in 0...3 where a + b + c + d > 0 {
                        let counts = PairedProportions(both: a, onlyFirst: b, onlySecond: c, neither: d)
                        let interval = try #require(counts.interval)
                        #expect(interval.contains(counts.second - counts.first))
                        #expect(interval.lowerBound >= -1 && interval.upperBound <= 1)
                        #expect(interval.upperBound > interval.lowerBound)
                    }
                }
            }
        }
    }

    @Test("there is none without samples")
    func empty() {
        #expect(PairedProportions().interval == nil)
    }
}
