/// The rows of a calibration table by the layers they belong to.
///
/// A layer's name may contain `_param_`, so a key is never cut at the first one: it is held against the names that the
/// `.param` really has.
public struct TableRows: Sendable {
    /// Scale rows of layer inputs, by layer index.
    public let activation: [Int: CalibrationTable.Row]
    /// Scale rows of weights, by layer index and the number behind `_param_`.
    public let weights: [Int: [Int: CalibrationTable.Row]]
    /// Rows that name no layer of the model.
    public let unknown: [CalibrationTable.Row]

    public init(_ table: CalibrationTable, for model: ParamFile) {
        let indexes = Dictionary(model.layers.map { ($0.name, $0.index) }, uniquingKeysWith: { first, _ in first })
        var activation: [Int: CalibrationTable.Row] = [:]
        var weights: [Int: [Int: CalibrationTable.Row]] = [:]
        var unknown: [CalibrationTable.Row] = []
        for row in table.rows {
            // A name wins over a cut key: a layer called `a_param_0` beside a layer `a` is the rarer reader of such a
            // row, but the only one that the whole key names.
            if let index = indexes[row.key] {
                activation[index] = row
            } else if let (name, number) = Self.cut(row.key), let index = indexes[name] {
                weights[index, default: [:]][number] = row
            } else {
                unknown.append(row)
            }
        }
        self.activation = activation
        self.weights = weights
        self.unknown = unknown
    }

    /// Whether no row names a layer of the model: the table belongs to another one.
    public var isForeign: Bool {
        activation.isEmpty && weights.isEmpty
    }

    /// `conv1` and 0 of `conv1_param_0`.
    private static func cut(_ key: String) -> (name: String, number: Int)? {
        guard let digits = key.lastIndex(of: "_").map({ key[key.index(after: $0)...] }), let number = Int(digits),
            number >= 0
        else { return nil }
        let head = key.dropLast(digits.count)
        guard head.hasSuffix("_param_") else { return nil }
        return (String(head.dropLast("_param_".count)), number)
    }
}
