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

        /// Adds what was found in other weights.
        public mutating func add(_ other: Extent) {
            absmax = max(absmax, other.absmax)
            nonFinite += other.nonFinite
        }
    }

    /// Finds the extent of some weights.
    public var extent: @Sendable (UnsafeBufferPointer<Float>) -> Extent
    /// Quantizes weights of one scale, and says what that costs and what their extent is; both buffers have the same count.
    public var quantize:
        @Sendable (UnsafeBufferPointer<Float>, Float, UnsafeMutableBufferPointer<Int8>) -> (
            errors: WeightErrors, extent: Extent
        )
    /// Narrows floats to half floats, ties to even; both buffers have the same count.
    public var narrow: @Sendable (UnsafeBufferPointer<Float>, UnsafeMutableBufferPointer<UInt16>) -> Void
    /// Widens half floats to floats; both buffers have the same count.
    public var widen: @Sendable (UnsafeBufferPointer<UInt16>, UnsafeMutableBufferPointer<Float>) -> Void
}

extension WeightKernels {
    /// The fast ones for the best instructions that the machine has.
    public static let fast = WeightKernels(.best)

    /// The fast ones for instructions that the machine has.
    public init(_ instructions: InstructionSet) {
        let set = instructions.number
        self.init(
            extent: { weights in
                var nonFinite = 0
                let absmax = quantd_absmax(set, weights.baseAddress, weights.count, &nonFinite)
                return Extent(absmax: absmax, nonFinite: nonFinite)
            },
            quantize: { weights, scale, result in
                var sums = quantd_step_sums()
                let count = min(weights.count, result.count)
                quantd_quantize(set, weights.baseAddress, count, scale, result.baseAddress, &sums)
                return (
                    StepErrors(sums).errors(scale: scale, count: count),
                    Extent(absmax: sums.absmax, nonFinite: sums.non_finite)
                )
            },
            narrow: { floats, halves in
                let count = min(floats.count, halves.count)
                quantd_half_from_float(set, floats.baseAddress, count, halves.baseAddress)
            },
            widen: { halves, floats in
                let count = min(floats.count, halves.count)
                quantd_float_from_half(set, halves.baseAddress, count, floats.baseAddress)
            })
    }
}

extension StepErrors {
    fileprivate init(_ sums: quantd_step_sums) {
        signal = sums.signal
        noise = sums.noise
        reconstructed = sums.reconstructed
        maxError = sums.max_error
        clipped = sums.clipped
    }
}
