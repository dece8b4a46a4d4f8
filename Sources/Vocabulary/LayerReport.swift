/// What a run did to one layer: the line that the ledger keeps and `quantctl layers` shows.
public struct LayerReport: Hashable, Sendable, Codable {
    /// Position in the `.param`, from 0.
    public var index: Int
    public var name: String
    /// ncnn's layer type, such as `ConvolutionDepthWise`.
    public var type: String
    public var decision: Decision
    /// How the layer's tagged weights are stored in the input: `fp32`, `fp16`, `int8`, `codebook`, joined with `+` where
    /// they differ; empty for a layer without weights.
    public var storageBefore: String
    /// The same in the output.
    public var storageAfter: String
    /// Bytes of the layer in the `.bin` of the input, tags and padding counted.
    public var bytesBefore: Int
    /// Bytes of the layer in the `.bin` of the output.
    public var bytesAfter: Int
    /// Number of weights of the layer that were quantized; 0 for a layer that stayed float.
    public var quantizedWeights: Int
    /// The smallest and the largest weight scale; nil for a layer that stayed float or has no weights.
    public var weightScales: ClosedRange<Float>?
    /// The scale of the layer's input; nil where int8 has none or finds it while running.
    public var activationScale: Float?
    /// The scale of the int8 output where requantization is fused into the layer.
    public var topScale: Float?
    /// Output channels whose weights are all zero.
    public var deadChannels: Int
    /// nil for a layer that stayed float or has no weights.
    public var measures: WeightMeasures?
    /// The layer's tops where this layer alone is int8, on the float twin's own bottoms; nil where that was not measured.
    public var local: OutputMeasures?
    /// The layer's tops where the whole model is int8; nil where that was not measured.
    public var accumulated: OutputMeasures?
    /// What an operator should know of this layer besides the decision, as lower-case clauses.
    public var notes: [String]

    public init(
        index: Int, name: String, type: String, decision: Decision, storageBefore: String = "",
        storageAfter: String = "", bytesBefore: Int = 0, bytesAfter: Int = 0, quantizedWeights: Int = 0,
        weightScales: ClosedRange<Float>? = nil, activationScale: Float? = nil, topScale: Float? = nil,
        deadChannels: Int = 0, measures: WeightMeasures? = nil,
        local: OutputMeasures? = nil, accumulated: OutputMeasures? = nil, notes: [String] = []
    ) {
        self.index = index
        self.name = name
        self.type = type
        self.decision = decision
        self.storageBefore = storageBefore
        self.storageAfter = storageAfter
        self.bytesBefore = bytesBefore
        self.bytesAfter = bytesAfter
        self.quantizedWeights = quantizedWeights
        self.weightScales = weightScales
        self.activationScale = activationScale
        self.topScale = topScale
        self.deadChannels = deadChannels
        self.measures = measures
        self.local = local
        self.accumulated = accumulated
        self.notes = notes
    }
}
