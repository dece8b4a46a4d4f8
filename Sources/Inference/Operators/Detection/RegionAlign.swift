import Glibc
import Numerics

/// The mean of samples between the elements, in each bin of a region (ncnn src/layer/roialign.cpp at a4d2ea1d).
struct RegionAlign: Operator {
    /// Where samples lie in a bin along one axis.
    private struct Samples {
        let start: Float
        /// Extent of a bin over the number of samples.
        let step: Float
        let count: Int
        /// Whether the bin lies outside of the map.
        var isOutside = false

        func position(_ index: Int) -> Float {
            start + (Float(index) + 0.5) * step
        }
    }

    private let pooling: RegionPooling
    private let samplingRatio: Int
    private let isAligned: Bool
    /// Whether samples are spread as detectron2 spreads them.
    private let isDetectron: Bool
    /// The most samples along one axis of a bin.
    private static let mostSamples = 1024

    init(_ source: LayerSource) throws {
        let version = try source.int("version")
        guard version == 0 || version == 1 else { throw Misfit("version is \(version), wanted 0 or 1") }
        pooling = try RegionPooling(source)
        samplingRatio = try source.int("sampling_ratio")
        isAligned = try source.flag("aligned")
        isDetectron = version == 1
        guard samplingRatio <= Self.mostSamples else {
            throw Misfit("sampling_ratio is \(samplingRatio), wanted at most \(Self.mostSamples)")
        }
    }

    func run(_ bottoms: [Tensor]) throws -> [Tensor] {
        let map = try pooling.map(bottoms)
        let region = try pooling.region(bottoms)
        let columns = try samples(from: region[0], to: region[2], bins: pooling.width, extent: map.width)
        let rows = try samples(from: region[1], to: region[3], bins: pooling.height, extent: map.height)
        let size = map.height * map.width
        return [
            try map.withFloats { values in
                try pooling.top(channels: map.channels) { channel, row, column in
                    let channelValues = UnsafeBufferPointer(
                        rebasing: values[channel * size..<(channel + 1) * size])
                    return mean(channelValues, map, rows[row], columns[column])
                }
            }
        ]
    }

    /// The samples of each bin along one axis.
    ///
    /// Products are added before they are rounded, as the runtime's release does it: where a bin just touches the map
    /// or a length is nearly whole, that decides how many samples there are.
    private func samples(from first: Float, to last: Float, bins: Int, extent: Int) throws -> [Samples] {
        let start = Float(isAligned ? -0.5 : 0).addingProduct(first, pooling.scale)
        let length = (-(first * pooling.scale)).addingProduct(last, pooling.scale)
        let bin = (isAligned ? length : max(length, 1)) / Float(bins)
        return try (0..<bins).map { index in
            let binStart = start.addingProduct(Float(index), bin)
            if isDetectron {
                let count = samplingRatio > 0 ? samplingRatio : Int(cutting: ceilf(bin))
                try check(count)
                return Samples(start: binStart, step: bin / Float(count), count: count)
            }
            let low = min(max(binStart, 0), Float(extent))
            let high = min(max(start.addingProduct(Float(index + 1), bin), 0), Float(extent))
            let count = samplingRatio > 0 ? samplingRatio : Int(cutting: ceilf(high - low))
            try check(count)
            return Samples(start: low, step: bin / Float(count), count: count, isOutside: !(high > low))
        }
    }

    private func check(_ count: Int) throws {
        guard count <= Self.mostSamples else {
            throw Misfit("a bin of the region has \(count) samples, wanted at most \(Self.mostSamples)")
        }
    }

    private func mean(
        _ values: UnsafeBufferPointer<Float>, _ map: Tensor, _ rows: Samples, _ columns: Samples
    ) -> Float {
        guard !rows.isOutside, !columns.isOutside else { return 0 }
        var sum: Float = 0
        for row in 0..<max(rows.count, 0) {
            let y = rows.position(row)
            for column in 0..<max(columns.count, 0) {
                let x = columns.position(column)
                guard isDetectron else {
                    sum += between(values, map, x, y)
                    continue
                }
                guard y >= -1, y <= Float(map.height), x >= -1, x <= Float(map.width) else { continue }
                let held = (x: min(max(x, 0), Float(map.width - 1)), y: min(max(y, 0), Float(map.height - 1)))
                sum += between(values, map, held.x, held.y)
            }
        }
        return sum / Float(isDetectron ? max(rows.count * columns.count, 1) : rows.count * columns.count)
    }

    /// The value between four elements.
    ///
    /// A bin that begins inside and ends outside of the map has samples beyond its last column or row. There ncnn
    /// reads on in memory, which within a channel is the next row.
    private func between(_ values: UnsafeBufferPointer<Float>, _ map: Tensor, _ x: Float, _ y: Float) -> Float {
        let (left, top) = (max(Int(cutting: x), 0), max(Int(cutting: y), 0))
        let (right, bottom) = (min(left + 1, map.width - 1), min(top + 1, map.height - 1))
        let across = left + 1 >= map.width ? 0 : x - Float(left)
        let down = top + 1 >= map.height ? 0 : y - Float(top)
        func value(_ row: Int, _ column: Int) -> Float {
            values[min(row * map.width + column, values.count - 1)]
        }
        let upper = value(top, left) * (1 - across) + value(top, right) * across
        let lower = value(bottom, left) * (1 - across) + value(bottom, right) * across
        return upper * (1 - down) + lower * down
    }
}
