public import Evaluating
public import Images
public import Quantizing

/// All settings that decide what comes of a run: the daemon's, with a model's own over them.
public struct RunSettings: Hashable, Sendable, Codable {
    public var quantize: QuantizeSettings
    public var evaluate: EvaluateSettings
    public var gate: Gate
    /// How far the gate's repair may go where `gate.onFail` is `mixed`.
    public var repair: Repair
    /// What the model wants done to images; nil where nobody says anything of it.
    public var images: ImageSettings?

    public init(
        quantize: QuantizeSettings = QuantizeSettings(), evaluate: EvaluateSettings = EvaluateSettings(),
        gate: Gate = Gate(), repair: Repair = Repair(), images: ImageSettings? = nil
    ) {
        self.quantize = quantize
        self.evaluate = evaluate
        self.gate = gate
        self.repair = repair
        self.images = images
    }
}

/// How much of running both twins a run can afford.
public struct EvaluateSettings: Hashable, Sendable, Codable {
    /// At most so many samples; 0 switches the evaluation off.
    public var samples: Int
    /// At most so long.
    public var seconds: Double
    /// Models whose `.bin` is larger are not run: their weights have to fit into memory, unlike for quantizing.
    public var largestMebibytes: Int

    public init(samples: Int = 1000, seconds: Double = 60, largestMebibytes: Int = 512) {
        self.samples = samples
        self.seconds = seconds
        self.largestMebibytes = largestMebibytes
    }
}
