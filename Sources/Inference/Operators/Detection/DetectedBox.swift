import Numerics

/// A rectangle that a detector found.
struct DetectedBox {
    var left: Float
    var top: Float
    var right: Float
    var bottom: Float
    var label = 0
    var score: Float

    var area: Float { (right - left) * (bottom - top) }

    /// The area that it shares with another box.
    func intersection(_ other: DetectedBox) -> Float {
        if left > other.right || right < other.left || top > other.bottom || bottom < other.top { return 0 }
        return (min(right, other.right) - max(left, other.left)) * (min(bottom, other.bottom) - max(top, other.top))
    }
}

extension [DetectedBox] {
    /// Sorts by falling score.
    ///
    /// The order of equal scores decides which box survives, so the partitions are those of ncnn
    /// (src/layer/detectionoutput.cpp at a4d2ea1d): around the middle element, swapping equals too. Open parts are kept
    /// in a list, for scores can be such that recursion would be as deep as there are boxes.
    mutating func sortByScore() {
        var open = isEmpty ? [] : [(0, count - 1)]
        while let (first, last) = open.popLast() {
            let pivot = self[(first + last) / 2].score
            var (low, high) = (first, last)
            while low <= high {
                while self[low].score > pivot { low += 1 }
                while self[high].score < pivot { high -= 1 }
                if low <= high {
                    swapAt(low, high)
                    low += 1
                    high -= 1
                }
            }
            if first < high { open.append((first, high)) }
            if low < last { open.append((low, last)) }
        }
    }

    /// The boxes, best first, that overlap no better one by more than a part of their union.
    func suppressed(overlap threshold: Float) -> [DetectedBox] {
        var kept: [DetectedBox] = []
        for box in self {
            let isCovered = kept.contains { better in
                let shared = box.intersection(better)
                return shared / (box.area + better.area - shared) > threshold
            }
            if !isCovered { kept.append(box) }
        }
        return kept
    }

    /// A row for each box: label, score, left, top, right, bottom; the empty blob where there is none.
    ///
    /// - Parameter labelOffset: what is added to labels, 1 where they do not count the background.
    func rows(labelOffset: Int = 0) throws -> Tensor {
        guard !isEmpty else { return .empty }
        return try Tensor(
            [count, 6],
            flatMap { box in
                [Float(box.label + labelOffset), box.score, box.left, box.top, box.right, box.bottom]
            })
    }
}
