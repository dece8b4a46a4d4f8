import CKernels

/// The passes over weights, as values, so that one test can hold every set of them to every other.
public struct WeightKernels: Sendable {
    /// What one pass over float weights finds.
    public struct Extent: Hashable, Sendable {
        /// The largest magnitude among the finite values; 0 where all are zero.
        public var absmax: Float
        /// Number of values that are NaN or infinite.
        public var nonFinite: Int

        public init(absmax: Float = 0, nonFinite: Int = 0) {
            self.absmax = absmax
            self.nonFinite = nonFinite
        }
    }

    /// Finds the extent of some weights.
    public var extent: @Sendable (UnsafeBufferPointer<Float>) -> Extent
    /// Quantizes weights of one scale; both buffers have the same count.
    public var quantize: @Sendable (UnsafeBufferPointer<Float>, Float, UnsafeMutableBufferPointer<Int8>) -> Void
    /// The error sums of weights of one scale, before and after.
    public var errors: @Sendable (UnsafeBufferPointer<Float>, UnsafeBufferPointer<Int8>, Float) -> WeightErrors
    /// Narrows floats to half floats, ties to even; both buffers have the same count.
    public var narrow: @Sendable (UnsafeBufferPointer<Float>, UnsafeMutableBufferPointer<UInt16>) -> Void
    /// Widens half floats to floats; both buffers have the same count.
    public var widen: @Sendable (UnsafeBufferPointer<UInt16>, UnsafeMutableBufferPointer<Float>) -> Void
}

extension WeightKernels {
    /// The fast ones: the C target chooses the instruction set while running.
    public static let fast = WeightKernels(
        extent: { weights in
            var nonFinite = 0
            let absmax = quantd_absmax(weights.baseAddress, weights.count, &nonFinite)
            return Extent(absmax: absmax, nonFinite: nonFinite)
        },
        quantize: { weights, scale, result in
            quantd_quantize(weights.baseAddress, min(weights.count, result.count), scale, result.baseAddress)
        },
        errors: { weights, quantized, scale in
            var sums = quantd_error_sums()
            let count = min(weights.count, quantized.count)
            quantd_add_errors(weights.baseAddress, quantized.baseAddress, count, scale, &sums)
            return WeightErrors(sums, count: count, scale: scale)
        },
        narrow: { floats, halves in
            quantd_half_from_float(floats.baseAddress, min(floats.count, halves.count), halves.baseAddress)
        },
        widen: { halves, floats in
            quantd_float_from_half(halves.baseAddress, min(floats.count, halves.count), floats.baseAddress)
        })
}

extension WeightErrors {
    fileprivate init(_ sums: quantd_error_sums, count: Int, scale: Float) {
        signal = sums.signal
        noise = sums.noise
        product = sums.product
        reconstructed = sums.reconstructed
        maxError = sums.max_error
        clipped = sums.clipped
        noiseInSteps = sums.noise * Double(scale) * Double(scale)
        self.count = count
    }
}
