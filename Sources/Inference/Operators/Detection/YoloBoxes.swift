import Glibc
import Numerics

/// What the two generations of YOLO's last layer share: each cell of a map has some boxes, each with its place, its
/// score and a score for each class, one behind the other as channels.
struct YoloBoxes: Sendable {
    let classCount: Int
    let boxCount: Int
    let confidence: Float
    let overlap: Float
    /// Width and height of each anchor.
    let biases: [Float]

    init(_ source: LayerSource) throws {
        classCount = try source.int("num_class")
        boxCount = try source.int("num_box")
        confidence = try source.float("confidence_threshold")
        overlap = try source.float("nms_threshold")
        biases = try source.floats("biases")
        guard classCount > 0, boxCount > 0 else {
            throw Misfit("has \(boxCount) boxes of \(classCount) classes, wanted at least 1")
        }
    }

    /// Channels of a box.
    private var channelCount: Int { 5 + classCount }

    /// Whether a map has the channels of all boxes.
    func check(_ map: Tensor) throws {
        guard map.axisCount == 3, map.channels / boxCount == channelCount else {
            throw Misfit("a bottom has shape \(map.shape), wanted \(boxCount) times \(channelCount) channels")
        }
    }

    /// The first class channel of a box.
    func classChannel(ofBox box: Int) -> Int {
        box * channelCount + 5
    }

    /// Adds the boxes of a map that are sure enough.
    ///
    /// - Parameters:
    ///   - anchor: the index of each box's anchor.
    ///   - netSize: the size that anchors are given in.
    ///   - leastClass: the score that a class must exceed.
    ///   - score: makes a confidence of a box's raw score and its best class's.
    func add(
        from map: Tensor, anchor: (Int) throws -> Int, netSize: (width: Float, height: Float), leastClass: Float,
        score: (Float, Float) -> Float, to boxes: inout [DetectedBox]
    ) throws {
        let values = try map.floats()
        let size = map.width * map.height
        for box in 0..<boxCount {
            let anchor = try anchor(box)
            guard anchor >= 0, anchor < biases.count / 2 else {
                throw Misfit("box \(box) has anchor \(anchor), there are \(biases.count / 2)")
            }
            for cell in 0..<size {
                func value(_ channel: Int) -> Float { values[(box * channelCount + channel) * size + cell] }
                var best = (label: 0, score: leastClass)
                for label in 0..<classCount where value(5 + label) > best.score {
                    best = (label, value(5 + label))
                }
                let sure = score(value(4), best.score)
                guard sure >= confidence else { continue }
                let x = (Float(cell % map.width) + Self.sigmoid(value(0))) / Float(map.width)
                let y = (Float(cell / map.width) + Self.sigmoid(value(1))) / Float(map.height)
                let halfWidth = expf(value(2)) * biases[anchor * 2] / netSize.width * 0.5
                let halfHeight = expf(value(3)) * biases[anchor * 2 + 1] / netSize.height * 0.5
                boxes.append(
                    DetectedBox(
                        left: x - halfWidth, top: y - halfHeight, right: x + halfWidth, bottom: y + halfHeight,
                        label: best.label, score: sure))
            }
        }
    }

    /// The boxes that no better one covers.
    func best(_ boxes: [DetectedBox]) -> [DetectedBox] {
        var boxes = boxes
        boxes.sortByScore()
        return boxes.suppressed(overlap: overlap)
    }

    static func sigmoid(_ value: Float) -> Float {
        1 / (1 + expf(-value))
    }
}

/// ncnn src/layer/yolodetectionoutput.cpp at a4d2ea1d.
struct YoloDetectionOutput: Operator {
    private let boxes: YoloBoxes

    init(_ source: LayerSource) throws {
        boxes = try YoloBoxes(source)
    }

    func run(_ bottoms: [Tensor]) throws -> [Tensor] {
        let maps = try bottoms.map(withClassShares)
        guard let first = maps.first else { throw Misfit("has no bottoms, wanted at least 1") }
        var found: [DetectedBox] = []
        for map in maps {
            try boxes.add(
                from: map, anchor: { $0 }, netSize: (Float(map.width), Float(map.height)), leastClass: 0,
                score: { YoloBoxes.sigmoid($0) * $1 }, to: &found)
        }
        let best = boxes.best(found)
        // ncnn works in place: without a box the first map comes out as it was left, and the others always do.
        return [best.isEmpty ? first : try best.rows(labelOffset: 1)] + maps.dropFirst()
    }

    /// The map with the softmax of each box's classes.
    private func withClassShares(_ map: Tensor) throws -> Tensor {
        try boxes.check(map)
        let size = map.width * map.height
        return try map.mappingFloats { values in
            guard let values = values.baseAddress else { return }
            for box in 0..<boxes.boxCount {
                for cell in 0..<size {
                    Softmax.apply(
                        to: values + boxes.classChannel(ofBox: box) * size + cell, count: boxes.classCount, stride: size
                    )
                }
            }
        }
    }
}

/// ncnn src/layer/yolov3detectionoutput.cpp at a4d2ea1d.
struct Yolov3DetectionOutput: Operator {
    private let boxes: YoloBoxes
    /// The anchors of each map's boxes.
    private let mask: [Float]
    /// Pixels of a cell of each map.
    private let scales: [Float]

    init(_ source: LayerSource) throws {
        boxes = try YoloBoxes(source)
        mask = try source.floats("mask")
        scales = try source.floats("anchors_scale")
    }

    func run(_ bottoms: [Tensor]) throws -> [Tensor] {
        guard bottoms.count <= scales.count, bottoms.count <= mask.count / boxes.boxCount else {
            throw Misfit("has \(bottoms.count) bottoms, \(mask.count) anchors and \(scales.count) scales for them")
        }
        var found: [DetectedBox] = []
        for (index, map) in bottoms.enumerated() {
            try boxes.check(map)
            let netSize = (
                Float(Int(cutting: scales[index] * Float(map.width))),
                Float(Int(cutting: scales[index] * Float(map.height)))
            )
            try boxes.add(
                from: map, anchor: { Int(cutting: mask[index * boxes.boxCount + $0]) }, netSize: netSize,
                leastClass: -.greatestFiniteMagnitude, score: { 1 / (1 + expf(-$0) * (1 + expf(-$1))) }, to: &found)
        }
        return [try boxes.best(found).rows(labelOffset: 1)]
    }
}
