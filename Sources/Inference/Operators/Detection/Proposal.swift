import Glibc
import Numerics

/// The regions of a Faster R-CNN: anchors moved by their deltas (ncnn src/layer/proposal.cpp at a4d2ea1d).
struct Proposal: Operator {
    private let stride: Float
    private let anchors: [DetectedBox]
    private let mostBefore: Int
    private let most: Int
    private let overlap: Float
    private let leastSize: Float
    private let topCount: Int

    init(_ source: LayerSource) throws {
        stride = Float(try source.int("feat_stride"))
        anchors = Self.anchors(baseSize: Float(try source.int("base_size")))
        mostBefore = try source.int("pre_nms_topN")
        most = try source.int("after_nms_topN")
        overlap = try source.float("nms_thresh")
        leastSize = Float(try source.int("min_size"))
        topCount = source.topCount
        guard most > 0 else { throw Misfit("after_nms_topN is \(most), wanted at least 1") }
    }

    /// Three ratios by three scales around the middle of the first cell.
    private static func anchors(baseSize: Float) -> [DetectedBox] {
        [0.5, 1, 2].flatMap { (ratio: Float) in
            let width = roundf(baseSize / ratio.squareRoot())
            let height = roundf(width * ratio)
            return [8, 16, 32].map { (scale: Float) in
                let middle = baseSize * 0.5
                let (x, y) = (width * scale * 0.5, height * scale * 0.5)
                return DetectedBox(left: middle - x, top: middle - y, right: middle + x, bottom: middle + y, score: 0)
            }
        }
    }

    func run(_ bottoms: [Tensor]) throws -> [Tensor] {
        let (scores, deltas) = (try bottoms.bottom(0), try bottoms.bottom(1))
        let image = try bottoms.bottom(2).floats()
        let size = scores.width * scores.height
        guard
            scores.axisCount == 3, deltas.axisCount == 3, scores.channels >= anchors.count * 2,
            deltas.channels >= anchors.count * 4, deltas.height == scores.height, deltas.width == scores.width,
            image.count >= 3
        else {
            throw Misfit(
                "scores, deltas and image have shapes \(scores.shape), \(deltas.shape) and \([image.count]) for "
                    + "\(anchors.count) anchors")
        }
        let (scoreValues, deltaValues) = (try scores.floats(), try deltas.floats())
        let smallest = leastSize * image[2]
        var boxes: [DetectedBox] = []
        for anchor in anchors.indices {
            for cell in 0..<size {
                func delta(_ part: Int) -> Float { deltaValues[(anchor * 4 + part) * size + cell] }
                var box = moved(anchors[anchor], delta, column: cell % scores.width, row: cell / scores.width)
                box.left = max(min(box.left, image[1] - 1), 0)
                box.top = max(min(box.top, image[0] - 1), 0)
                box.right = max(min(box.right, image[1] - 1), 0)
                box.bottom = max(min(box.bottom, image[0] - 1), 0)
                guard box.right - box.left + 1 >= smallest, box.bottom - box.top + 1 >= smallest else { continue }
                // Background scores lie before those of objects.
                box.score = scoreValues[(anchors.count + anchor) * size + cell]
                boxes.append(box)
            }
        }
        boxes.sortByScore()
        if mostBefore > 0 { boxes = Array(boxes.prefix(mostBefore)) }
        let kept = Array(boxes.suppressed(overlap: overlap).prefix(most))
        guard !kept.isEmpty else { throw Misfit("no region of at least \(smallest) pixels is left") }
        let regions = try Tensor([kept.count, 1, 4], kept.flatMap { [$0.left, $0.top, $0.right, $0.bottom] })
        return [regions] + (topCount > 1 ? [try Tensor([kept.count, 1, 1], kept.map(\.score))] : [])
    }

    /// An anchor in a cell, moved and scaled.
    private func moved(_ anchor: DetectedBox, _ delta: (Int) -> Float, column: Int, row: Int) -> DetectedBox {
        let width = anchor.right - anchor.left
        let height = anchor.bottom - anchor.top
        let x = anchor.left + Float(column) * stride + width * 0.5 + width * delta(0)
        let y = anchor.top + Float(row) * stride + height * 0.5 + height * delta(1)
        let halfWidth = width * expf(delta(2)) * 0.5
        let halfHeight = height * expf(delta(3)) * 0.5
        return DetectedBox(
            left: x - halfWidth, top: y - halfHeight, right: x + halfWidth, bottom: y + halfHeight, score: 0)
    }
}
