import Glibc
import Numerics

/// The largest or the mean element in each bin of a region that is cut into whole elements.
struct RegionBins: Operator {
    private let pooling: RegionPooling
    /// Channels of the top where each bin has a channel of its own to look at; nil where all look at the same.
    private let ownChannels: Int?

    init(_ source: LayerSource, hasOwnChannels: Bool) throws {
        pooling = try RegionPooling(source)
        ownChannels = hasOwnChannels ? try source.int("output_dim") : nil
    }

    func run(_ bottoms: [Tensor]) throws -> [Tensor] {
        let map = try pooling.map(bottoms)
        let region = try pooling.region(bottoms)
        return [try ownChannels.map { try means(map, region, $0) } ?? maxima(map, region)]
    }

    /// ncnn src/layer/roipooling.cpp at a4d2ea1d.
    private func maxima(_ map: Tensor, _ region: [Float]) throws -> Tensor {
        let corners = region.map { Int(cutting: roundf($0 * pooling.scale)) }
        let binWidth = Float(max(corners[2] - corners[0] + 1, 1)) * Self.reciprocal(pooling.width)
        let binHeight = Float(max(corners[3] - corners[1] + 1, 1)) * Self.reciprocal(pooling.height)
        let values = try map.floats()
        return try pooling.top(channels: map.channels) { channel, row, column in
            let rows = Self.range(
                Float(corners[1]) + floorf(Float(row) * binHeight),
                Float(corners[1]) + ceilf(Float(row + 1) * binHeight), below: map.height)
            let columns = Self.range(
                Float(corners[0]) + floorf(Float(column) * binWidth),
                Float(corners[0]) + ceilf(Float(column + 1) * binWidth), below: map.width)
            guard let first = rows.first, let left = columns.first else { return 0 }
            var largest = values[(channel * map.height + first) * map.width + left]
            for y in rows {
                for x in columns { largest = max(largest, values[(channel * map.height + y) * map.width + x]) }
            }
            return largest
        }
    }

    /// Counts whose reciprocal comes out one unit in the last place too small in the runtime.
    ///
    /// Its release is compiled for speed: it multiplies with the processor's estimate of the reciprocal after one step
    /// of Newton's. Where a region divides evenly into bins, that unit is one more row for a bin. Measured with runtime
    /// 1.0.20261020 on an x86-64 of AMD; other processors estimate otherwise, and the other layers divide.
    private static let shortReciprocals: Set = [
        1, 2, 4, 5, 7, 8, 9, 10, 11, 14, 15, 16, 17, 18, 19, 20, 22, 28, 30, 32,
    ]

    private static func reciprocal(_ count: Int) -> Float {
        let reciprocal = 1 / Float(count)
        return shortReciprocals.contains(count) ? reciprocal.nextDown : reciprocal
    }

    /// ncnn src/layer/psroipooling.cpp at a4d2ea1d.
    private func means(_ map: Tensor, _ region: [Float], _ channels: Int) throws -> Tensor {
        let (bins, overflow) = channels.multipliedReportingOverflow(by: pooling.width * pooling.height)
        guard !overflow, bins == map.channels else {
            throw Misfit(
                "the bottom's shape is \(map.shape), wanted \(channels) x \(pooling.height) x \(pooling.width) channels"
            )
        }
        let left = roundf(region[0]) * pooling.scale
        let top = roundf(region[1]) * pooling.scale
        let binWidth = max(roundf(region[2] + 1) * pooling.scale - left, 0.1) / Float(pooling.width)
        let binHeight = max(roundf(region[3] + 1) * pooling.scale - top, 0.1) / Float(pooling.height)
        let values = try map.floats()
        return try pooling.top(channels: channels) { channel, row, column in
            let rows = Self.range(
                floorf(top + Float(row) * binHeight), ceilf(top + Float(row + 1) * binHeight), below: map.height)
            let columns = Self.range(
                floorf(left + Float(column) * binWidth), ceilf(left + Float(column + 1) * binWidth), below: map.width)
            guard !rows.isEmpty, !columns.isEmpty else { return 0 }
            let start = ((channel * pooling.height + row) * pooling.width + column) * map.height
            var sum: Float = 0
            for y in rows {
                for x in columns { sum += values[(start + y) * map.width + x] }
            }
            return sum / Float(rows.count * columns.count)
        }
    }

    /// The whole numbers between two, within 0 and an end.
    private static func range(_ start: Float, _ end: Float, below limit: Int) -> Range<Int> {
        let start = min(max(Int(cutting: start), 0), limit)
        return start..<max(start, min(max(Int(cutting: end), 0), limit))
    }
}
