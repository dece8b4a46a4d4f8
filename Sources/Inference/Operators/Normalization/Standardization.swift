import Numerics

/// How a run of elements is moved and scaled to a common mean and spread.
struct Standardization: Sendable {
    /// Whether the mean is taken away first; the mean square is then the variance.
    let isCentred: Bool
    /// The factor for a mean square.
    let factor: @Sendable (Float) -> Float

    static let kernels = RowKernels.fast

    /// `1 / sqrt(mean square + eps)`.
    static func withinRoot(eps: Float, isCentred: Bool = true) -> Standardization {
        Standardization(isCentred: isCentred) { 1 / ($0 + eps).squareRoot() }
    }

    /// `x * scale + shift` is what standardizes these elements.
    func coefficients(of values: UnsafePointer<Float>, count: Int) -> (scale: Float, shift: Float) {
        let mean = isCentred ? Self.kernels.sum(values, count) / Double(count) : 0
        let scale = factor(Float(Self.kernels.squares(values, count, mean) / Double(count)))
        return (scale, Float(-mean) * scale)
    }

    /// Standardizes each of the runs of `count` elements that make up the tensor, in place; behind it `affine` is
    /// given each run with its index.
    func apply(
        to tensor: consuming Tensor, runsOf count: Int,
        affine: @escaping (UnsafeMutablePointer<Float>, Int) -> Void
    ) throws -> Tensor {
        try eachRun(of: tensor, count) { values, run in
            let (scale, shift) = coefficients(of: values, count: count)
            Self.kernels.adjust(values, count, scale, shift, nil)
            affine(values, run)
        }
    }

    /// Standardizes each of the runs of as many elements as there are factors; behind it each element is multiplied with its factor
    /// and its addend is added.
    func apply(to tensor: consuming Tensor, factors: [Float], addends: [Float]) throws -> Tensor {
        try eachRun(of: tensor, factors.count) { values, _ in
            let (scale, shift) = coefficients(of: values, count: factors.count)
            factors.withUnsafeBufferPointer { factors in
                addends.withUnsafeBufferPointer { addends in
                    guard let first = factors.baseAddress, let second = addends.baseAddress else { return }
                    Self.kernels.adjust(values, factors.count, scale, shift, (first, second))
                }
            }
        }
    }

    private func eachRun(
        of tensor: consuming Tensor, _ count: Int, _ body: (UnsafeMutablePointer<Float>, Int) -> Void
    ) throws -> Tensor {
        try tensor.mappingFloats { values in
            guard let start = values.baseAddress, count > 0 else { throw Misfit("the bottom is empty") }
            Threads.each(values.count / count) { run in body(start + run * count, run) }
        }
    }
}
