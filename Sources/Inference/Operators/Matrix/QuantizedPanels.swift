import Numerics

/// A matrix of signed bytes with the scales that they were made with: `byte = float * scale`.
struct QuantizedPanels: Sendable {
    /// Which elements share a scale when floats are quantized while the model runs.
    enum Sharing {
        case ofEachRow
        case common
    }

    let panels: Panels<Int32>
    /// One for each lane of each matrix, or one for all.
    let scales: [Float]

    /// Bytes from a file.
    ///
    /// - Throws: `Misfit` where the scales are neither one nor one for each lane.
    init(_ bytes: [Int8], _ side: PanelSide, _ lanes: Lanes, scales: [Float]) throws {
        panels = Panels(side, lanes, of: bytes)
        let count = panels.count * panels.lanes
        guard scales.count == 1 || scales.count == count else {
            throw Misfit("has \(scales.count) scales for \(count) rows")
        }
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

    /// Writes the product with one of several matrices on the right.
    ///
    /// The depths must agree, and the right must have one scale, or the left one and the right one for each column.
    func multiply(
        _ right: QuantizedPanels, matrix: Int = 0, _ affine: ColumnAffine? = nil,
        into out: UnsafeMutableBufferPointer<Float>
    ) {
        let (rows, columns) = (panels.lanes, right.panels.lanes)
        let areOfColumns = right.scales.count > 1
        precondition(out.count >= rows * columns, "matrices do not fit")
        precondition(!areOfColumns || scales.count == 1, "rows have scales, and columns others")
        let descales = (0..<(areOfColumns ? columns : rows)).map { lane in
            1 / (scales[scales.count == 1 ? 0 : lane] * right.scales[areOfColumns ? matrix * columns + lane : 0])
        }
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: rows * columns) { sums in
            MatrixProduct.multiply(panels, right.panels, matrix: matrix, into: sums)
            descales.withUnsafeBufferPointer { descales in
                guard let from = sums.baseAddress, let to = out.baseAddress, let descales = descales.baseAddress
                else { return }
                let few = 16
                Threads.each((rows + few - 1) / few) { index in
                    let row = index * few
                    ProductKernels.fast.finishRows(
                        from + row * columns, min(few, rows - row), columns,
                        areOfColumns ? .ofColumns(descales) : .ofRows(descales + row), affine, to + row * columns)
                }
            }
        }
    }
}
