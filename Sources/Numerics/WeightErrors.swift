public import Vocabulary

#if canImport(Glibc)
    import Glibc
#endif

/// Sums over quantized weights that the measures of a layer are made of; rows are added one after the other.
public struct WeightErrors: Hashable, Sendable {
    /// `Σ w²`.
    public var signal = 0.0
    /// `Σ (w − ŵ)²`, where `ŵ` is `q / scale`, and 32-bit floats tell `w * scale` from `q`.
    public var noise = 0.0
    /// `Σ ŵ²`.
    public var reconstructed = 0.0
    /// The largest `|w − ŵ|`.
    public var maxError = 0.0
    /// Weights whose rounded value lies beyond ±127.
    public var clipped = 0
    /// `Σ ((w − ŵ) scale)²`: the noise in steps, which rows of different scales share.
    public var noiseInSteps = 0.0
    /// Weights added.
    public var count = 0

    public init() {}

    /// `Σ w ŵ`, which follows from the others: nothing cancels out, since it is as large as they are.
    private var product: Double { (signal + reconstructed - noise) / 2 }

    /// Adds the sums of other weights.
    public mutating func add(_ other: WeightErrors) {
        signal += other.signal
        noise += other.noise
        reconstructed += other.reconstructed
        maxError = max(maxError, other.maxError)
        clipped += other.clipped
        noiseInSteps += other.noiseInSteps
        count += other.count
    }

    /// The measures; nil where no weight was added.
    public var measures: WeightMeasures? {
        guard count > 0 else { return nil }
        return WeightMeasures(
            sqnr: signal > 0 && noise > 0 ? 10 * log10(signal / noise) : nil,
            cosine: signal > 0 && reconstructed > 0 ? min(1, product / (signal * reconstructed).squareRoot()) : nil,
            rmseOverStep: (noiseInSteps / Double(count)).squareRoot(),
            maxError: maxError,
            clippedFraction: Double(clipped) / Double(count))
    }
}

/// The sums of one row, in steps: one step is what 1 stands for in int8.
struct StepErrors {
    var signal = 0.0
    var noise = 0.0
    var reconstructed = 0.0
    var maxError = 0.0
    var clipped = 0

    /// The same in the unit of the weights.
    func errors(scale: Float, count: Int) -> WeightErrors {
        let step = 1 / Double(scale)
        var errors = WeightErrors()
        errors.signal = signal * step * step
        errors.noise = noise * step * step
        errors.reconstructed = reconstructed * step * step
        errors.maxError = maxError * step
        errors.clipped = clipped
        errors.noiseInSteps = noise
        errors.count = count
        return errors
    }
}
