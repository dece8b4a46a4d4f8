import Numerics

/// What the poolings over one region of a blob share.
struct RegionPooling: Sendable {
    let width: Int
    let height: Int
    let scale: Float

    init(_ source: LayerSource) throws {
        width = try source.int("pooled_width")
        height = try source.int("pooled_height")
        scale = try source.float("spatial_scale")
        let extents = 1...1 << 12
        guard extents.contains(width), extents.contains(height) else {
            throw Misfit("pools to \(width) x \(height), wanted 1 x 1 to \(extents.upperBound) x \(extents.upperBound)")
        }
    }

    /// The first four numbers of the second bottom: left, top, right, bottom.
    func region(_ bottoms: [Tensor]) throws -> [Float] {
        let region = try bottoms.bottom(1).floats().prefix(4)
        guard region.count == 4 else { throw Misfit("the region has \(region.count) numbers, wanted 4") }
        return Array(region)
    }

    /// A blob whose every bin of every channel is what `bin` says: the channel, the row and the column of the bin.
    func top(channels: Int, _ bin: (Int, Int, Int) -> Float) throws -> Tensor {
        try Tensor(floats: [channels, height, width]) { out in
            Threads.each(channels) { channel in
                for row in 0..<height {
                    for column in 0..<width {
                        out[(channel * height + row) * width + column] = bin(channel, row, column)
                    }
                }
            }
        }
    }

    /// The blob that is pooled.
    func map(_ bottoms: [Tensor]) throws -> Tensor {
        let map = try bottoms.bottom(0)
        guard (2...3).contains(map.axisCount) else {
            throw Misfit("the bottom's shape is \(map.shape), wanted 2 or 3 axes")
        }
        return map
    }
}

extension Int {
    /// The whole number of a float, cut towards zero and held within ±2³⁰; 0 for what is no number.
    init(cutting value: Float) {
        let limit: Float = 1_073_741_824
        self = value.isNaN ? 0 : Int(Swift.max(-limit, Swift.min(limit, value)))
    }
}
