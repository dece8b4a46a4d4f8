import Glibc
import Numerics

/// The boxes of an SSD: priors moved by their locations, best of each class first (ncnn
/// src/layer/detectionoutput.cpp at a4d2ea1d).
struct DetectionOutput: Operator {
    /// nil where the blobs are laid out as MXNet does it: classes outermost, and one set of variances for all.
    private let classCount: Int?
    private let overlap: Float
    private let mostOfClass: Int
    private let most: Int
    private let confidence: Float
    private let variances: [Float]

    init(_ source: LayerSource) throws {
        let classCount = try source.int("num_class")
        self.classCount = classCount == -233 ? nil : classCount
        overlap = try source.float("nms_threshold")
        mostOfClass = try source.int("nms_top_k")
        most = try source.int("keep_top_k")
        confidence = try source.float("confidence_threshold")
        variances = try (0..<4).map { try source.float("variances[\($0)]") }
        guard self.classCount.map({ $0 > 0 }) ?? true, mostOfClass >= 0, most >= 0 else {
            throw Misfit(
                "num_class is \(classCount), nms_top_k \(mostOfClass) and keep_top_k \(most), wanted none below 0")
        }
    }

    func run(_ bottoms: [Tensor]) throws -> [Tensor] {
        let (location, scores, priors) = (try bottoms.bottom(0), try bottoms.bottom(1), try bottoms.bottom(2))
        let count = classCount == nil ? priors.height : priors.width / 4
        let classes = classCount ?? scores.height
        // Count and classes are within 2^29 and 2^31.
        guard
            count > 0, location.count >= count * 4, scores.count >= count * classes,
            priors.count >= (classCount == nil ? count * 4 : priors.width * 2)
        else {
            throw Misfit(
                "location, confidence and priors have shapes \(location.shape), \(scores.shape) and \(priors.shape)")
        }
        let scoreValues = try scores.floats()
        let score = { (box: Int, label: Int) -> Float in
            scoreValues[classCount == nil ? label * count + box : box * classes + label]
        }
        let boxes = try moved(priors, by: location, count: count)

        var found: [DetectedBox] = []
        // The first class is the background.
        for label in 1..<max(classes, 1) {
            var candidates: [DetectedBox] = []
            for index in 0..<count where score(index, label) > confidence {
                // A box that is background for sure is never made; its place holds zeros.
                let isMade = Double(score(index, 0)) < 1 - Double(confidence)
                var box = isMade ? boxes[index] : DetectedBox(left: 0, top: 0, right: 0, bottom: 0, score: 0)
                box.label = label
                box.score = score(index, label)
                candidates.append(box)
            }
            candidates.sortByScore()
            found += Array(candidates.prefix(mostOfClass)).suppressed(overlap: overlap)
        }
        found.sortByScore()
        return [try Array(found.prefix(most)).rows()]
    }

    /// The priors, moved and scaled.
    private func moved(_ priors: Tensor, by location: Tensor, count: Int) throws -> [DetectedBox] {
        let (prior, shift) = (try priors.floats(), try location.floats())
        return (0..<count).map { index in
            let start = index * 4
            let variance = classCount == nil ? 0 : priors.width + start
            func moved(_ part: Int) -> Float {
                (classCount == nil ? variances[part] : prior[variance + part]) * shift[start + part]
            }
            let width = prior[start + 2] - prior[start]
            let height = prior[start + 3] - prior[start + 1]
            let x = moved(0) * width + (prior[start] + prior[start + 2]) * 0.5
            let y = moved(1) * height + (prior[start + 1] + prior[start + 3]) * 0.5
            let halfWidth = expf(moved(2)) * width * 0.5
            let halfHeight = expf(moved(3)) * height * 0.5
            return DetectedBox(
                left: x - halfWidth, top: y - halfHeight, right: x + halfWidth, bottom: y + halfHeight, score: 0)
        }
    }
}
