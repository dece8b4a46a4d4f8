import Numerics

/// How a run of elements is moved and scaled to a common mean and spread.
struct Standardization: Sendable {
    /// Whether the mean is taken away first; the mean square is then the variance.
    let isCentred: Bool
    /// The factor for a mean square.
    let factor: @Sendable (Float) -> Float

    /// `1 / sqrt(mean square + eps)`.
    static func withinRoot(eps: Float, isCentred: Bool = true) -> Standardization {
        Standardization(isCentred: isCentred) { 1 / ($0 + eps).squareRoot() }
    }

    /// `x * scale + shift` is what standardizes these elements.
    func coefficients(of values: UnsafePointer<Float>, count: Int) -> (scale: Float, shift: Float) {
        let mean = isCentred ? Sums.sum(values, count: count) / Double(count) : 0
        let scale = factor(Float(Sums.squares(values, count: count, around: mean) / Double(count)))
        return (scale, Float(-mean) * scale)
    }

    /// Standardizes each of the runs of `count` elements that make up the tensor, in place; behind it `affine` is
    /// given each run with its index.
    func apply(
        to tensor: consuming Tensor, runsOf count: Int,
        affine: @escaping (UnsafeMutablePointer<Float>, Int) -> Void
    ) throws -> Tensor {
        try tensor.mappingFloats { values in
            guard let start = values.baseAddress, count > 0 else { throw Misfit("the bottom is empty") }
            Threads.each(values.count / count) { run in
                let values = start + run * count
                let (scale, shift) = coefficients(of: values, count: count)
                var index = 0
                while index < count {
                    values[index] = values[index] * scale + shift
                    index &+= 1
                }
                affine(values, run)
            }
        }
    }
}
