/// The names of the figures, as they stand in the ledger and in JSON.
public enum EvaluationMetric {
    /// Cosine of the angle between an output of both twins, over all samples.
    public static let cosine = "cosine"
    /// Signal to quantization noise of an output, over all samples, in dB.
    public static let sqnr = "sqnr_db"
    /// The largest difference of an element of an output.
    public static let maxError = "max_error"
    /// The part of the samples in which both twins put the same class first.
    public static let top1Agreement = "top1_agreement"
    /// The part of the samples in which the float twin's first class is among the int8 twin's first five.
    public static let top5Agreement = "top5_agreement"
    /// Samples in which an output had NaN or infinite values, of each twin.
    public static let nonFiniteSamples = "non_finite_samples"
    /// The part of the samples in which a twin puts the right class first.
    public static let top1 = "top1"
    /// The part of the samples in which the right class is among a twin's first five.
    public static let top5 = "top5"
}
