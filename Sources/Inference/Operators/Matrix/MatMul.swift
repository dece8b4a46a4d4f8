import Numerics

/// The product of two blobs, matrix by matrix where they hold several (ncnn src/layer/matmul.cpp at a4d2ea1d).
struct MatMul: Operator {
    /// Whether the second blob's matrices lie with their columns as rows.
    let isTransposed: Bool

    func run(_ bottoms: [Tensor]) throws -> [Tensor] {
        let (left, right) = (try bottoms.bottom(0), try bottoms.bottom(1))
        let misfit = Misfit("shapes \(left.shape) and \(right.shape) have no product\(isTransposed ? " (transB)" : "")")
        guard !left.isEmpty, !right.isEmpty else { throw misfit }

        // A vector is one row on the left and one column on the right, which is as good as one transposed row.
        let isColumn = right.axisCount == 1
        let isTurned = isTransposed || isColumn
        let rows = left.axisCount == 1 ? 1 : left.height
        let inner = left.width
        let columns = isColumn ? 1 : isTurned ? right.height : right.width
        guard inner == (isTurned ? right.width : right.height) else { throw misfit }

        let stacks = (left.stack, right.stack)
        guard zip(stacks.0, stacks.1).allSatisfy({ $0 == $1 || $0 == 1 || $1 == 1 }) else { throw misfit }
        let stack = zip(stacks.0, stacks.1).map { max($0, $1) }
        let stackAxes = max(left.axisCount, right.axisCount, 2) - 2
        let matrix = (left.axisCount == 1 ? [] : [rows]) + (isColumn ? [] : [columns])
        let shape = stack.suffix(stackAxes) + matrix

        let top = try Tensor(floats: shape.isEmpty ? [1] : Array(shape)) { out in
            try left.withFloats { leftValues in
                try right.withFloats { rightValues in
                    for channel in 0..<stack[0] {
                        for slice in 0..<stack[1] {
                            let leftStart = Self.position(channel, slice, in: stacks.0) * rows * inner
                            let rightStart = Self.position(channel, slice, in: stacks.1) * inner * columns
                            let outStart = (channel * stack[1] + slice) * rows * columns
                            MatrixProduct.float(
                                UnsafeBufferPointer(rebasing: leftValues[leftStart..<leftStart + rows * inner]),
                                rows: rows,
                                UnsafeBufferPointer(rebasing: rightValues[rightStart..<rightStart + inner * columns]),
                                isTurned ? .rows(columns, of: inner) : .columns(columns, of: inner),
                                into: UnsafeMutableBufferPointer(rebasing: out[outStart..<outStart + rows * columns]))
                        }
                    }
                }
            }
        }
        return [top]
    }

    /// The index of a matrix in a stack, whose extents of 1 stand for every index.
    private static func position(_ channel: Int, _ slice: Int, in stack: [Int]) -> Int {
        (stack[0] == 1 ? 0 : channel) * stack[1] + (stack[1] == 1 ? 0 : slice)
    }
}

extension Tensor {
    /// The two extents over which the matrices of a blob are stacked.
    fileprivate var stack: [Int] {
        axisCount == 4 ? [channels, depth] : [1, channels]
    }
}
