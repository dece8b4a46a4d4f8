import Numerics

/// How a product of two matrices is computed.
enum MatrixProduct: Sendable {
    /// In fp32.
    case float
    /// With signed bytes: each row on the left has a scale of its own, the right has one.
    case int8

    /// `left · right`, or `left · rightᵀ` where the right is given with its columns as rows.
    ///
    /// The inner extents must agree.
    func callAsFunction(_ left: Matrix<Float>, _ right: Matrix<Float>, isTransposed: Bool) -> Matrix<Float> {
        switch self {
        case .float:
            let columns = isTransposed ? right.rows : right.columns
            var out = [Float](repeating: 0, count: left.rows * columns)
            out.withUnsafeMutableBufferPointer { out in
                left.elements.withUnsafeBufferPointer { leftElements in
                    right.elements.withUnsafeBufferPointer { rightElements in
                        Self.add(
                            leftElements, rightElements, isTransposed: isTransposed, to: out,
                            rows: left.rows, inner: left.columns, columns: columns)
                    }
                }
            }
            return Matrix(checked: left.rows, columns, out)
        case .int8:
            let columns = QuantizedRows(quantizing: isTransposed ? right : right.transposed, scale: .common)
            return QuantizedRows(quantizing: left, scale: .ofEachRow).product(withColumns: columns)
        }
    }

    /// Adds `left · right` to what is in `out`.
    ///
    /// The sums grow in the order of the inner axis, as in ncnn's plain layers. The right is walked row by row where
    /// that is worth turning it, because sums that run side by side are what the machine does quickly.
    ///
    /// - Parameter isTransposed: whether the columns of the right lie as rows.
    static func add(
        _ left: UnsafeBufferPointer<Float>, _ right: UnsafeBufferPointer<Float>, isTransposed: Bool,
        to out: UnsafeMutableBufferPointer<Float>, rows: Int, inner: Int, columns: Int
    ) {
        let fewRows = 4
        if isTransposed, rows >= fewRows, columns > 1 {
            let turned = Matrix(checked: columns, inner, Array(right)).transposed
            turned.elements.withUnsafeBufferPointer {
                add(left, $0, isTransposed: false, to: out, rows: rows, inner: inner, columns: columns)
            }
            return
        }
        guard let left = left.baseAddress, let right = right.baseAddress, let out = out.baseAddress else { return }
        Threads.each(rows) { row in
            let leftRow = left + row * inner
            let outRow = out + row * columns
            if isTransposed || columns == 1 {
                for column in 0..<columns {
                    outRow[column] = VectorKernels.dot(
                        leftRow, right + column * inner, count: inner, startingAt: outRow[column])
                }
            } else {
                for index in 0..<inner {
                    VectorKernels.add(right + index * columns, times: leftRow[index], to: outRow, count: columns)
                }
            }
        }
    }
}
