/// The rows of a calibration table by the layers they belong to.
///
/// A layer's name may contain `_param_`, so a key is never cut at the first one: it is held against the names that the
/// `.param` really has. Of several rows for the same scales the last counts.
public struct TableRows: Sendable {
    /// Scale rows of layer inputs, by layer index.
    public private(set) var activation: [Int: CalibrationTable.Row] = [:]
    /// Scale rows of weights, by layer index and the number behind `_param_`.
    public private(set) var weights: [Int: [Int: CalibrationTable.Row]] = [:]
    /// Rows that a later one replaces.
    public private(set) var replaced = RowTally()
    /// Rows that name no layer of the model.
    public private(set) var unknown = RowTally()

    public init(_ table: CalibrationTable, for model: ParamFile) {
        let indexes = Dictionary(model.layers.map { ($0.name, $0.index) }, uniquingKeysWith: { first, _ in first })
        table.forEachRow { row in
            // A name wins over a cut key: a layer called `a_param_0` beside a layer `a` is the rarer reader of such a
            // row, but the only one that the whole key names.
            if let index = indexes[row.key] {
                replaced.add(activation.updateValue(row, forKey: index))
            } else if let (name, number) = Self.cut(row.key), let index = indexes[name] {
                replaced.add(weights[index, default: [:]].updateValue(row, forKey: number))
            } else {
                unknown.add(row)
            }
        }
    }

    /// Whether no row names a layer of the model: the table belongs to another one.
    public var isForeign: Bool {
        activation.isEmpty && weights.isEmpty
    }

    /// No layer has more arrays than this, so that a damaged table cannot have more rows for it.
    private static let numbers = 0..<100

    /// `conv1` and 0 of `conv1_param_0`.
    private static func cut(_ key: String) -> (name: String, number: Int)? {
        guard let mark = key.utf8.lastIndex(of: UInt8(ascii: "_")) else { return nil }
        let digits = key[key.utf8.index(after: mark)...]
        guard let number = Int(digits), numbers.contains(number) else { return nil }
        let head = key.dropLast(digits.count)
        guard head.hasSuffix("_param_") else { return nil }
        return (String(head.dropLast("_param_".count)), number)
    }
}
