/// How far a blob of the int8 twin is from the same blob of the float twin, over all samples.
public struct OutputMeasures: Hashable, Sendable, Codable {
    /// Signal to quantization noise, `10 log10(Σ x² / Σ (x − x̂)²)`, in dB; nil where there is no noise or no signal.
    public var sqnr: Double?
    /// Cosine of the angle between both; nil where one of them is all zero.
    public var cosine: Double?

    public init(sqnr: Double?, cosine: Double?) {
        self.sqnr = sqnr
        self.cosine = cosine
    }
}
