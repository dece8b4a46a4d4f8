/// A part of a picture, in pixels.
struct Region: Hashable, Sendable {
    let x: Int
    let y: Int
    let width: Int
    let height: Int
}

extension Pixels {
    /// The region stretched to a size, bilinearly in fixed point: `Mat::from_pixels_roi_resize` to the bit
    /// (ncnn src/mat_pixel.cpp and src/mat_pixel_resize.cpp at a4d2ea1d).
    ///
    /// Each pixel comes from the four nearest ones however much smaller the picture becomes; nothing is averaged.
    ///
    /// - Parameter region: lies inside the picture.
    func resized(_ region: Region, width: Int, height: Int) -> Pixels {
        let columns = Taps.along(region.width, to: width)
        let rows = Taps.along(region.height, to: height)
        let count = width * channels
        // The two rows that were stretched last; the next ones are often among them.
        var upper = (index: -1, row: [Int32](repeating: 0, count: count))
        var lower = upper
        var resized = [UInt8](repeating: 0, count: count * height)
        resized.withUnsafeMutableBufferPointer { resized in
            for (y, taps) in rows.enumerated() {
                if lower.index == taps.low { swap(&upper, &lower) }
                if upper.index != taps.low {
                    stretch(row: region.y + taps.low, from: region.x, by: columns, into: &upper.row)
                    upper.index = taps.low
                }
                if lower.index != taps.high {
                    stretch(row: region.y + taps.high, from: region.x, by: columns, into: &lower.row)
                    lower.index = taps.high
                }
                let target = UnsafeMutableBufferPointer(rebasing: resized[y * count..<(y + 1) * count])
                taps.mix(upper.row, lower.row, into: target)
            }
        }
        return Pixels(width: width, height: height, channels: channels, bytes: resized)
    }

    /// One row of the picture stretched to the columns, in sixteenths of its weights' scale: 7 bits behind the point.
    private func stretch(row: Int, from x: Int, by columns: [Taps], into target: inout [Int32]) {
        let start = (row * width + x) * channels
        bytes.withUnsafeBufferPointer { bytes in
            target.withUnsafeMutableBufferPointer { target in
                for (column, taps) in columns.enumerated() {
                    let (low, high) = (start + taps.low * channels, start + taps.high * channels)
                    for channel in 0..<channels {
                        let sum =
                            Int32(bytes[low + channel]) * taps.lowWeight + Int32(bytes[high + channel])
                            * taps.highWeight
                        target[column * channels + channel] = sum >> 4
                    }
                }
            }
        }
    }
}

/// The two neighbours that a place of the stretched axis is mixed from, with weights of 11 bits behind the point.
private struct Taps {
    let low: Int
    let high: Int
    let lowWeight: Int32
    let highWeight: Int32

    /// The taps of each of `count` places along an axis of `extent` pixels.
    static func along(_ extent: Int, to count: Int) -> [Taps] {
        let scale = Double(extent) / Double(count)
        return (0..<count).map { place in
            // Centres of pixels meet centres of pixels. The double is narrowed before it is split, as in ncnn.
            let position = Float((Double(place) + 0.5) * scale - 0.5)
            let floor = position.rounded(.down)
            if floor < 0 { return Taps(low: 0, part: 0, extent) }
            if Int(floor) >= extent - 1 { return Taps(low: extent - 2, part: 1, extent) }
            return Taps(low: Int(floor), part: position - floor, extent)
        }
    }

    /// - Parameters:
    ///   - low: the lower neighbour; it may lie outside where it has no weight.
    ///   - part: the part of the upper one, from 0 to 1.
    private init(low: Int, part: Float, _ extent: Int) {
        self.low = max(0, low)
        self.high = min(extent - 1, low + 1)
        // Rounded one by one, so that together they may be one more than 2048.
        lowWeight = Int32((1 - part) * 2048 + 0.5)
        highWeight = Int32(part * 2048 + 0.5)
    }

    /// Two stretched rows mixed into bytes. Both products lose their lower bits before they are added, as in ncnn.
    func mix(_ low: [Int32], _ high: [Int32], into target: UnsafeMutableBufferPointer<UInt8>) {
        for index in target.indices {
            let sum = ((low[index] * lowWeight) >> 16) + ((high[index] * highWeight) >> 16)
            target[index] = UInt8(truncatingIfNeeded: (sum + 2) >> 2)
        }
    }
}
