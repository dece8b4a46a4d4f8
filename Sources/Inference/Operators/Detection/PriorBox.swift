import Glibc
import Numerics

/// Boxes of some sizes and ratios around every position of a map (ncnn src/layer/priorbox.cpp at a4d2ea1d).
struct PriorBox: Operator {
    /// What stands in a param for "take it from the blobs".
    private static let fromBlobs = -233

    private let minSizes: [Float]
    private let maxSizes: [Float]
    private let ratios: [Float]
    private let variances: [Float]
    private let isFlipped: Bool
    private let isClipped: Bool
    private let image: (width: Int, height: Int)
    private let step: (width: Float, height: Float)
    private let offset: Float
    private let hasWholeSteps: Bool
    private let isCentredOnPixels: Bool

    init(_ source: LayerSource) throws {
        minSizes = try source.floats("min_sizes")
        maxSizes = try source.floats("max_sizes")
        ratios = try source.floats("aspect_ratios")
        variances = try (0..<4).map { try source.float("variances[\($0)]") }
        isFlipped = try source.flag("flip")
        isClipped = try source.flag("clip")
        image = (try source.int("image_width"), try source.int("image_height"))
        step = (try source.float("step_width"), try source.float("step_height"))
        offset = try source.float("offset")
        hasWholeSteps = try source.flag("step_mmdetection")
        isCentredOnPixels = try source.flag("center_mmdetection")
        guard !minSizes.isEmpty, maxSizes.isEmpty || maxSizes.count == minSizes.count else {
            throw Misfit("has \(minSizes.count) min_sizes and \(maxSizes.count) max_sizes, wanted as many or none")
        }
    }

    func run(_ bottoms: [Tensor]) throws -> [Tensor] {
        let map = try bottoms.bottom(0)
        let isRelative =
            bottoms.count == 1 && maxSizes.isEmpty && image.width == Self.fromBlobs && image.height == Self.fromBlobs
        return [try isRelative ? relativeBoxes(map) : imageBoxes(map, bottoms)]
    }

    /// Boxes as parts of the image, as in MXNet.
    private func relativeBoxes(_ map: Tensor) throws -> Tensor {
        guard let size = minSizes.first, !ratios.isEmpty else {
            throw Misfit("has no aspect_ratios, wanted at least 1")
        }
        let (width, height) = (Float(map.width), Float(map.height))
        let step = (width: stepWidth ?? 1 / width, height: stepHeight ?? 1 / height)
        var halves = minSizes.map { (width: $0 * height / width / 2, height: $0 / 2) }
        for ratio in ratios.dropFirst().map({ $0.squareRoot() }) {
            halves.append((width: size * height / width * ratio / 2, height: size / ratio / 2))
        }
        let count = try boxCount(map, each: halves.count)
        return try Tensor(floats: [count]) { out in
            fill(out, map, step, first: (offset * step.width, offset * step.height)) { x, y in
                halves.map { [x - $0.width, y - $0.height, x + $0.width, y + $0.height] }
            }
        }
    }

    /// Boxes in pixels over the image's size, and in a second row their variances.
    private func imageBoxes(_ map: Tensor, _ bottoms: [Tensor]) throws -> Tensor {
        let imageWidth = Float(image.width == Self.fromBlobs ? try bottoms.bottom(1).width : image.width)
        let imageHeight = Float(image.height == Self.fromBlobs ? try bottoms.bottom(1).height : image.height)
        let raw = (width: imageWidth / Float(map.width), height: imageHeight / Float(map.height))
        let step = (
            width: stepWidth ?? (hasWholeSteps ? ceilf(raw.width) : raw.width),
            height: stepHeight ?? (hasWholeSteps ? ceilf(raw.height) : raw.height)
        )
        let sizes = minSizes.indices.flatMap(boxSizes)
        let count = try boxCount(map, each: sizes.count)
        let pixel: Float = isCentredOnPixels ? 1 : 0
        let first = (offset * (step.width - pixel), offset * (step.height - pixel))
        return try Tensor(floats: [2, count]) { out in
            fill(UnsafeMutableBufferPointer(rebasing: out[..<count]), map, step, first: first) { x, y in
                sizes.map { size in
                    [
                        (x - size.width * 0.5) / imageWidth, (y - size.height * 0.5) / imageHeight,
                        (x + size.width * 0.5) / imageWidth, (y + size.height * 0.5) / imageHeight,
                    ]
                }
            }
            for index in 0..<count { out[count + index] = variances[index % 4] }
        }
    }

    /// Boxes of one of the sizes: the least, the one between least and most, and one or two of each ratio.
    private func boxSizes(_ index: Int) -> [(width: Float, height: Float)] {
        let least = minSizes[index]
        var sizes = [(width: least, height: least)]
        if !maxSizes.isEmpty {
            let between = (least * maxSizes[index]).squareRoot()
            sizes.append((between, between))
        }
        for ratio in ratios.map({ $0.squareRoot() }) {
            sizes.append((least * ratio, least / ratio))
            if isFlipped { sizes.append((least / ratio, least * ratio)) }
        }
        return sizes
    }

    private var stepWidth: Float? { step.width == Float(Self.fromBlobs) ? nil : step.width }

    private var stepHeight: Float? { step.height == Float(Self.fromBlobs) ? nil : step.height }

    /// The elements of all boxes, where each position has some.
    private func boxCount(_ map: Tensor, each: Int) throws -> Int {
        let (count, overflow) = (4 * each).multipliedReportingOverflow(by: map.width * map.height)
        guard !overflow, count <= Tensor.largestCount else {
            throw Misfit("\(each) boxes for each of \(map.height) x \(map.width) positions are too many")
        }
        return count
    }

    private func fill(
        _ out: UnsafeMutableBufferPointer<Float>, _ map: Tensor, _ step: (width: Float, height: Float),
        first: (x: Float, y: Float), _ boxes: (Float, Float) -> [[Float]]
    ) {
        var target = 0
        for row in 0..<map.height {
            let y = first.y + Float(row) * step.height
            var x = first.x
            for _ in 0..<map.width {
                for value in boxes(x, y).joined() {
                    out[target] = isClipped ? min(max(value, 0), 1) : value
                    target += 1
                }
                x += step.width
            }
        }
    }
}
