import Numerics

/// A matrix of signed bytes with the scales that they were made with: `byte = float * scale`.
struct QuantizedPanels: Sendable {
    /// Which elements share a scale when floats are quantized while the model runs.
    enum Sharing {
        case ofEachRow
        case common
    }

    let panels: Panels<Int32>
    /// One for each lane, or one for all.
    let scales: [Float]

    /// Bytes from a file.
    ///
    /// - Throws: `Misfit` where the scales are neither one nor one for each lane.
    init(_ bytes: [Int8], _ side: PanelSide, _ lanes: Lanes, scales: [Float]) throws {
        guard scales.count == 1 || scales.count == lanes.count else {
            throw Misfit("has \(scales.count) scales for \(lanes.count) rows")
        }
        self.panels = Panels(side, lanes, of: bytes)
        self.scales = scales
    }

    /// Floats that are quantized by their largest magnitude, as ncnn does while it runs.
    ///
    /// Rows are runs of `lanes.depth` floats, whose lanes are those of the panels where each has a scale.
    init(
        quantizing floats: UnsafeBufferPointer<Float>, _ side: PanelSide, _ lanes: Lanes,
        scale sharing: Sharing
    ) {
        let run = sharing == .common ? floats.count : lanes.depth
        let count = floats.count / max(run, 1)
        var scales = [Float](repeating: 1, count: count)
        let bytes = [Int8](unsafeUninitializedCapacity: floats.count) { bytes, initialized in
            scales.withUnsafeMutableBufferPointer { scales in
                Threads.each(count) { index in
                    let range = index * run..<(index + 1) * run
                    let values = UnsafeBufferPointer(rebasing: floats[range])
                    scales[index] = Self.scale(of: values)
                    Quantized.bytes(
                        values, scale: scales[index], into: UnsafeMutableBufferPointer(rebasing: bytes[range]))
                }
            }
            initialized = floats.count
        }
        self.panels = Panels(side, lanes, of: bytes)
        self.scales = scales
    }

    /// Floats that are quantized by their largest magnitude, as ncnn does while it runs.
    init(quantizing floats: [Float], _ side: PanelSide, _ lanes: Lanes, scale sharing: Sharing) {
        self = floats.withUnsafeBufferPointer { QuantizedPanels(quantizing: $0, side, lanes, scale: sharing) }
    }

    /// The scale that brings the largest magnitude to 127; 1 where all are zero.
    static func scale(of values: UnsafeBufferPointer<Float>) -> Float {
        let extent = WeightKernels.fast.extent(values)
        // What is no number is passed over, but an infinite one is the largest.
        let largest = extent.nonFinite > 0 && values.contains { $0.isInfinite } ? .infinity : extent.absmax
        return largest == 0 ? 1 : 127 / largest
    }

    /// Writes the product with a right matrix that has one scale; the depths must agree.
    func multiply(_ right: QuantizedPanels, into out: UnsafeMutableBufferPointer<Float>) {
        let columns = right.panels.lanes
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: panels.lanes * columns) { sums in
            MatrixProduct.multiply(panels, right.panels, into: sums)
            guard let from = sums.baseAddress, let to = out.baseAddress else { return }
            Threads.each(panels.lanes) { row in
                let descale = 1 / (scales[scales.count == 1 ? 0 : row] * right.scales[0])
                ProductKernels.fast.finish(
                    from + row * columns, columns, descale, nil, .none, to + row * columns)
            }
        }
    }
}
