/// A shape as one of its axes sees it: `outer` blocks of `extent` steps, which lie `inner` elements apart.
struct AxisSplit {
    let outer: Int
    let extent: Int
    let inner: Int

    /// - Parameter axis: counted from the outermost axis, or from behind the innermost where it is negative.
    /// - Throws: `Misfit` where the shape has no such axis.
    init(_ shape: [Int], axis: Int) throws {
        let index = axis < 0 ? axis + shape.count : axis
        guard shape.indices.contains(index) else {
            throw Misfit("axis is \(axis), the bottom's shape \(shape) has \(shape.count) axes")
        }
        self.outer = shape[..<index].reduce(1, *)
        self.extent = shape[index]
        self.inner = shape[(index + 1)...].reduce(1, *)
    }

    /// Number of lines along the axis.
    var lineCount: Int { outer * inner }

    /// Where a line begins; its elements lie `inner` apart.
    func start(ofLine line: Int) -> Int {
        line / inner * extent * inner + line % inner
    }
}
