import Numerics

extension Tensor {
    /// Extents by ncnn's names c, d, h, w; 1 where the axis is missing.
    var extents: [Int] { [channels, depth, height, width] }

    /// Which of c, d, h, w the axes of a tensor with so many axes are.
    static let named: [[Int]] = [[], [3], [2, 3], [0, 2, 3], [0, 1, 2, 3]]

    /// The index of an axis that a param names, counted from the end where it is negative.
    ///
    /// A vector has but one axis, and ncnn takes that one whatever the param says.
    ///
    /// - Throws: `Misfit` where there is no such axis.
    func axis(_ index: Int) throws -> Int {
        guard axisCount != 1 else { return 0 }
        let axis = index < 0 ? index + axisCount : index
        guard axis >= 0, axis < axisCount else { throw Misfit("axis \(index) is none of shape \(shape)") }
        return axis
    }

    /// The elements that a view meets, in its order.
    ///
    /// - Parameter shape: the shape of the result; nil for the counts of the view.
    /// - Throws: `Misfit` or `TensorError` where the view or the shape does not fit.
    func gathered(_ view: View, as shape: [Int]? = nil) throws -> Tensor {
        let shape = shape ?? view.counts
        let wanted = try Tensor.count(of: shape)
        guard view.count == wanted else { throw Misfit("shape \(shape) does not have the elements of \(view.counts)") }
        switch elements {
        case .float(let values): return try Tensor(shape, .float(view.gather(values)))
        case .int8(let values): return try Tensor(shape, .int8(view.gather(values)))
        case .int32(let values): return try Tensor(shape, .int32(view.gather(values)))
        }
    }

    /// The same tensor with the elements that a view meets replaced by those of another, in its order.
    ///
    /// - Throws: `Misfit` or `TensorError` where the view or the other's count or kind does not fit.
    func replacing(_ view: View, by other: Tensor) throws -> Tensor {
        try replacing([(view, other)])
    }

    /// The same tensor with the elements that views meet replaced by those of other tensors.
    ///
    /// - Throws: `Misfit` or `TensorError` where a view or a count or kind does not fit.
    func replacing(_ parts: [(view: View, tensor: Tensor)]) throws -> Tensor {
        switch elements {
        case .float(var values):
            for part in parts { try part.view.scatter(part.tensor.floats(), over: &values) }
            return try Tensor(shape, .float(values))
        case .int8(var values):
            for part in parts { try part.view.scatter(part.tensor.int8s(), over: &values) }
            return try Tensor(shape, .int8(values))
        case .int32(var values):
            for part in parts { try part.view.scatter(part.tensor.int32s(), over: &values) }
            return try Tensor(shape, .int32(values))
        }
    }

    /// A tensor of zeros of the same kind.
    func zeros(_ shape: [Int]) throws -> Tensor {
        let count = try Tensor.count(of: shape)
        switch elements {
        case .float: return try Tensor(shape, .float(.init(repeating: 0, count: count)))
        case .int8: return try Tensor(shape, .int8(.init(repeating: 0, count: count)))
        case .int32: return try Tensor(shape, .int32(.init(repeating: 0, count: count)))
        }
    }
}

extension View {
    /// The values that the view meets, in its order.
    fileprivate func gather<Value>(_ values: [Value]) throws -> [Value] {
        guard let count, lies(within: values.count) else {
            throw Misfit("a view of \(counts) is outside of \(values.count) elements")
        }
        return [Value](unsafeUninitializedCapacity: count) { out, initialized in
            values.withUnsafeBufferPointer { Self.move(from: self, of: $0, to: View(counts), of: out) }
            initialized = count
        }
    }

    /// Puts values, in the order of the view, where it meets elements.
    fileprivate func scatter<Value>(_ values: [Value], over out: inout [Value]) throws {
        guard count == values.count, lies(within: out.count) else {
            throw Misfit("\(values.count) elements do not fit into \(counts) of \(out.count)")
        }
        values.withUnsafeBufferPointer { values in
            out.withUnsafeMutableBufferPointer { Self.move(from: View(counts), of: values, to: self, of: $0) }
        }
    }

    private static func move<Value>(
        from source: View, of values: UnsafeBufferPointer<Value>, to target: View,
        of out: UnsafeMutableBufferPointer<Value>
    ) {
        guard let values = values.baseAddress, let out = out.baseAddress else { return }
        Walk(out: target, left: source, right: source).rows { place, count, step in
            let (from, to) = (values + place.left, out + place.out)
            if step.left == 1, step.out == 1 {
                to.update(from: from, count: count)
            } else {
                var index = 0
                while index < count {
                    to[index &* step.out] = from[index &* step.left]
                    index &+= 1
                }
            }
        }
    }
}
