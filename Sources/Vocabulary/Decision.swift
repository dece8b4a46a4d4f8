/// What happened to a layer.
public enum Decision: Hashable, Sendable, Codable {
    /// The layer computes in int8.
    case int8
    /// The layer keeps its floats, for this reason.
    case float(FloatReason)

    /// `int8` or `float`: the word in the ledger and in JSON.
    public var word: String {
        switch self {
        case .int8: "int8"
        case .float: "float"
        }
    }

    /// Why the layer stayed float; nil for int8.
    public var reason: FloatReason? {
        switch self {
        case .int8: nil
        case .float(let reason): reason
        }
    }
}

/// Why a layer stayed float: a code that programs can count, and a clause for people.
public struct FloatReason: Error, Hashable, Sendable, Codable, CustomStringConvertible {
    /// The kinds of reason. The raw value is public: it stands in the ledger and in JSON.
    public enum Code: String, Sendable, Codable, CaseIterable {
        /// ncnn has no int8 form of this layer type.
        case notQuantizable = "not-quantizable"
        /// The run had no calibration table, and this layer needs one.
        case noTable = "no-table"
        /// The table does not name the layer.
        case notInTable = "not-in-table"
        /// The table has the layer's weight row but not its activation row.
        case noActivationRow = "no-activation-row"
        /// The table has the layer's activation row but not its weight row.
        case noWeightRow = "no-weight-row"
        /// A row of the table has another number of scales than the layer needs.
        case scaleCount = "scale-count"
        /// A scale is zero, negative, NaN, infinite or no number at all.
        case badScale = "bad-scale"
        /// A weight is NaN or infinite.
        case nonFiniteWeight = "non-finite-weight"
        /// The weights are an input of the layer, there is nothing to quantize.
        case dynamicWeight = "dynamic-weight"
        /// The settings exclude the layer.
        case excluded = "excluded"
        /// The gate's repair turned the layer back to float.
        case repaired = "repaired"
    }

    public let code: Code
    /// A lower-case clause with the place and the numbers.
    public let clause: String

    public init(_ code: Code, _ clause: String) {
        self.code = code
        self.clause = clause
    }

    public var description: String { clause }
}
