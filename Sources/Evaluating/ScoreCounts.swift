import Numerics

/// How often both twins put the same class first, and how often each put the right one first.
struct ScoreCounts: Hashable {
    /// Whether the output was a score vector in all samples, and of what length.
    private(set) var classes: Int?
    private var isScoreVector = true
    private var compared = 0
    private var sameBest = 0
    private var bestAmongFive = 0
    private(set) var top1 = PairedProportions()
    private(set) var top5 = PairedProportions()
    /// The first label that is none of the classes.
    private var badLabel: String?

    /// Adds the output of one sample.
    ///
    /// A score vector has one axis and at least two elements.
    mutating func add(_ float: Tensor, _ int8: Tensor, label: Int?, sample: Int) {
        guard float.axisCount == 1, float.count > 1, float.shape == int8.shape, classes ?? float.count == float.count
        else {
            isScoreVector = false
            return
        }
        classes = float.count
        let (scores, int8Scores) = (float.values, int8.values)
        // What is no number has no order; the figures of the blob say so.
        guard scores.allSatisfy(\.isFinite), int8Scores.allSatisfy(\.isFinite) else { return }
        compared += 1
        if let largest = scores.max(), let best = scores.firstIndex(of: largest) {
            let rank = Self.rank(of: best, in: int8Scores)
            sameBest += rank == 0 ? 1 : 0
            bestAmongFive += rank < 5 ? 1 : 0
        }
        guard let label else { return }
        guard scores.indices.contains(label) else {
            badLabel = badLabel ?? "label \(label) of sample \(sample) is none of the \(scores.count) classes"
            return
        }
        let ranks = (Self.rank(of: label, in: scores), Self.rank(of: label, in: int8Scores))
        top1.add(ranks.0 == 0, ranks.1 == 0)
        top5.add(ranks.0 < 5, ranks.1 < 5)
    }

    /// How many scores come before this one; of equal ones the first comes first.
    private static func rank(of index: Int, in scores: [Float]) -> Int {
        let own = scores[index]
        var rank = 0
        for (other, score) in scores.enumerated() where score > own || (score == own && other < index) { rank += 1 }
        return rank
    }

    /// Whether the output is a score vector.
    var isMeasured: Bool { isScoreVector && compared > 0 }

    /// The part of the samples in which both twins have the same best class.
    var top1Agreement: Double { Double(sameBest) / Double(compared) }

    /// The part of the samples in which the float twin's best class is among the five best of the int8 twin; nil where
    /// there are no more than five.
    var top5Agreement: Double? {
        classes ?? 0 > 5 ? Double(bestAmongFive) / Double(compared) : nil
    }

    /// Why the labels say nothing; nil where they do.
    var labelReason: String? {
        badLabel ?? (top1.count == 0 ? "there was no sample with a label and scores that are numbers" : nil)
    }
}
