import Numerics

/// How a product of two matrices is computed.
enum MatrixProduct: Sendable {
    /// In fp32.
    case float
    /// With signed bytes: each row on the left has a scale of its own, the right has one.
    case int8

    /// Writes `left · right`; the depths must agree.
    func callAsFunction(
        _ left: UnsafeBufferPointer<Float>, rows: Int, _ right: UnsafeBufferPointer<Float>, _ columns: Lanes,
        into out: UnsafeMutableBufferPointer<Float>
    ) {
        switch self {
        case .float:
            Self.multiply(
                Panels(.left, .rows(rows, of: columns.depth), of: left), Panels(.right, columns, of: right), into: out)
        case .int8:
            QuantizedPanels(quantizing: left, .left, .rows(rows, of: columns.depth), scale: .ofEachRow)
                .multiply(QuantizedPanels(quantizing: right, .right, columns, scale: .common), into: out)
        }
    }

    private static let kernels = ProductKernels.fast

    /// Writes `activation(start + left · right)` for matrices of one depth, the right one being one of several.
    ///
    /// Every sum is one chain in the order of the depth, as in ncnn's plain layers, however threads share the work.
    static func multiply(
        _ left: Panels<Float>, _ right: Panels<Float>, matrix: Int = 0, startingWith start: ProductStart = .zero,
        _ activation: SumActivation = .none, into out: UnsafeMutableBufferPointer<Float>
    ) {
        precondition(left.depth == right.depth && out.count >= left.lanes * right.lanes, "matrices do not fit")
        eachPart(left.lanes, right.lanes) { rows, columns in
            guard let out = out.baseAddress else { return }
            let start =
                switch start {
                case .zero: start
                case .ofRow(let numbers): ProductStart.ofRow(numbers + rows.lowerBound)
                case .ofColumn(let numbers): ProductStart.ofColumn(numbers + columns.lowerBound)
                }
            left.withPanels(from: rows.lowerBound) { left in
                right.withPanels(of: matrix, from: columns.lowerBound) { panels in
                    kernels.multiplyFloat(
                        left, panels,
                        ProductExtents(rows: rows.count, columns: columns.count, depth: right.depth), start, activation,
                        out + rows.lowerBound * right.lanes + columns.lowerBound, right.lanes)
                }
            }
        }
    }

    /// Writes the exact sums of `left · right` for matrices of one depth, the right one being one of several.
    static func multiply(
        _ left: Panels<Int32>, _ right: Panels<Int32>, matrix: Int = 0, into out: UnsafeMutableBufferPointer<Int32>
    ) {
        precondition(left.depth == right.depth && out.count >= left.lanes * right.lanes, "matrices do not fit")
        eachPart(left.lanes, right.lanes) { rows, columns in
            guard let out = out.baseAddress else { return }
            left.withPanels(from: rows.lowerBound) { left in
                right.withPanels(of: matrix, from: columns.lowerBound) { panels in
                    kernels.multiplyInt8(
                        left, panels,
                        ProductExtents(rows: rows.count, columns: columns.count, depth: right.depth),
                        out + rows.lowerBound * right.lanes + columns.lowerBound, right.lanes)
                }
            }
        }
    }

    /// Shares a product out among threads by whole panels, along the side that has more of them.
    private static func eachPart(
        _ rows: Int, _ columns: Int, _ body: (_ rows: Range<Int>, _ columns: Range<Int>) -> Void
    ) {
        let (rowWidth, width) = (PanelSide.left.width, PanelSide.right.width)
        let (rowPanels, panels) = ((rows + rowWidth - 1) / rowWidth, (columns + width - 1) / width)
        let parts = min(Threads.limit, max(rowPanels, panels))
        Threads.each(parts) { part in
            if rowPanels > panels {
                body(
                    part * rowPanels / parts * rowWidth..<min((part + 1) * rowPanels / parts * rowWidth, rows),
                    0..<columns)
            } else {
                body(0..<rows, part * panels / parts * width..<min((part + 1) * panels / parts * width, columns))
            }
        }
    }
}
