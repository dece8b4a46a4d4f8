/// How a layer type becomes int8.
public struct Int8Form: Hashable, Sendable {
    /// The param that announces int8, `int8_scale_term` or `quantize_term`.
    public let termParam: String
    /// The value that `ncnn2int8` gives it; 100 more where requantization is fused.
    public let term: Int
    /// Which weights become int8.
    public let weights: [QuantizedWeight]
    /// The array that takes the scale of the layer's input from the table row `<layer>`; nil where ncnn finds that scale
    /// while running.
    public let activationScale: String?
    /// The array that takes the next layer's input scale where requantization is fused; nil where ncnn cannot fuse.
    public let topScale: String?
    /// When there is nothing to quantize because the weights are inputs of the layer.
    public let dynamic: Condition?

    init(
        term: Int, in termParam: String = "int8_scale_term", weights: [QuantizedWeight],
        activationScale: String? = nil, topScale: String? = nil, unless dynamic: Condition? = nil
    ) {
        self.termParam = termParam
        self.term = term
        self.weights = weights
        self.activationScale = activationScale
        self.topScale = topScale
        self.dynamic = dynamic
    }

    /// Whether the layer needs rows of the calibration table.
    public var needsTable: Bool {
        activationScale != nil || weights.contains { $0.scaleSource == .table }
    }
}

/// One array of weights that becomes int8.
public struct QuantizedWeight: Hashable, Sendable {
    /// Where its scales come from.
    public enum ScaleSource: Hashable, Sendable {
        /// A row of the table; without one the layer stays float.
        case table
        /// A row of the table, or 127 over the largest weight of each row.
        case tableOrWeights
        /// 127 over the largest weight; ncnn's tables have no such row.
        case weights
    }

    /// The weight array.
    public let weight: String
    /// The array of its scales; its count is the number of rows into which the weights are cut.
    public let scales: String
    public let scaleSource: ScaleSource
    /// The number behind `_param_` in the table's key.
    public let tableRow: Int
    /// How the array has to be turned before it is cut into rows; nil where it lies right.
    public let transposition: Transposition?

    init(
        _ weight: String, scales: String, from scaleSource: ScaleSource, row tableRow: Int,
        transposed transposition: Transposition? = nil
    ) {
        self.weight = weight
        self.scales = scales
        self.scaleSource = scaleSource
        self.tableRow = tableRow
        self.transposition = transposition
    }
}

/// A matrix that lies the other way round in the float model than in its int8 twin.
public struct Transposition: Hashable, Sendable {
    /// When the matrix has to be turned.
    public let condition: Condition
    /// Rows of the matrix as it is stored in the float model.
    public let rows: Count
    /// Columns of the matrix as it is stored in the float model.
    public let columns: Count
    /// The param that says how the matrix lies.
    public let param: String
    /// The value of that param for the turned matrix.
    public let value: Int
}
