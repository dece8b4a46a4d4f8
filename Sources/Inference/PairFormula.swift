import Numerics

/// A formula of two elements.
///
/// As with `Formula`, it is made of a function that captures nothing, so that it becomes a loop of vector instructions.
struct PairFormula: Sendable {
    typealias Row = (pointer: UnsafePointer<Float>, step: Int)

    private let loop: @Sendable (Row, Row, UnsafeMutablePointer<Float>, _ step: Int, _ count: Int) -> Void

    @inline(__always)
    init(_ formula: @escaping @Sendable (Float, Float) -> Float) {
        loop = { left, right, out, step, count in
            var index = 0
            switch (left.step, right.step, step) {
            case (1, 1, 1):
                while index < count {
                    out[index] = formula(left.pointer[index], right.pointer[index])
                    index &+= 1
                }
            case (1, 0, 1):
                let right = right.pointer[0]
                while index < count {
                    out[index] = formula(left.pointer[index], right)
                    index &+= 1
                }
            default:
                while index < count {
                    out[index &* step] = formula(left.pointer[index &* left.step], right.pointer[index &* right.step])
                    index &+= 1
                }
            }
        }
    }

    /// The formula of the elements that two views meet, as a tensor of this shape.
    ///
    /// - Throws: `Misfit` or `TensorError` where a tensor holds no floats or the counts do not fit.
    func callAsFunction(
        _ left: Tensor, _ leftView: View, _ right: Tensor, _ rightView: View, as shape: [Int]
    ) throws -> Tensor {
        let out = View(leftView.counts)
        guard leftView.counts == rightView.counts, leftView.count == (try Tensor.count(of: shape)),
            leftView.lies(within: left.count), rightView.lies(within: right.count)
        else {
            throw Misfit("views \(leftView.counts) and \(rightView.counts) do not make shape \(shape)")
        }
        return try left.withFloats { left in
            try right.withFloats { right in
                try Tensor(everyFloat: shape) { rows(left, leftView, right, rightView, into: $0, out) }
            }
        }
    }

    /// The formula of two tensors of one shape.
    ///
    /// - Throws: `Misfit` or `TensorError` where the shapes differ or a tensor holds no floats.
    func callAsFunction(_ left: Tensor, _ right: Tensor) throws -> Tensor {
        guard left.shape == right.shape else {
            throw Misfit("has bottoms of shapes \(left.shape) and \(right.shape), wanted the same")
        }
        return try self(left, View(left.shape), right, View(right.shape), as: left.shape)
    }

    /// Writes the formula of the elements of two views where a third one meets elements.
    ///
    /// The views have the same counts and lie within the buffers; `out` may be one of the sources under the same view.
    func rows(
        _ left: UnsafeBufferPointer<Float>, _ leftView: View, _ right: UnsafeBufferPointer<Float>, _ rightView: View,
        into out: UnsafeMutableBufferPointer<Float>, _ outView: View
    ) {
        guard let left = left.baseAddress, let right = right.baseAddress, let out = out.baseAddress else { return }
        Walk(out: outView, left: leftView, right: rightView).rows { place, count, step in
            loop(
                (left + place.left, step.left), (right + place.right, step.right), out + place.out, step.out, count)
        }
    }
}
