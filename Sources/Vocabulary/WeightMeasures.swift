/// How far the int8 weights of a layer are from its float weights. Needs no input: it follows from the `.bin` alone.
public struct WeightMeasures: Hashable, Sendable, Codable {
    /// Signal to quantization noise, `10 log10(Σ w² / Σ (w − ŵ)²)`, in dB; nil where there is no noise or no signal.
    public var sqnr: Double?
    /// Cosine of the angle between the weights before and after; nil where one of them is all zero.
    public var cosine: Double?
    /// Root of the mean squared error, in quantization steps: 0.289 (1/√12) is ideal rounding, more is clipping.
    public var rmseOverStep: Double
    /// The largest `|w − ŵ|`, in the unit of the weights.
    public var maxError: Double
    /// The part of the weights whose rounded value lies beyond ±127, from 0 to 1.
    public var clippedFraction: Double

    public init(sqnr: Double?, cosine: Double?, rmseOverStep: Double, maxError: Double, clippedFraction: Double) {
        self.sqnr = sqnr
        self.cosine = cosine
        self.rmseOverStep = rmseOverStep
        self.maxError = maxError
        self.clippedFraction = clippedFraction
    }
}
