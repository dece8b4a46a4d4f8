public import Vocabulary

/// What came out of quantizing one model.
public struct QuantizationReport: Hashable, Sendable {
    /// A line for every layer of the model.
    public var layers: [LayerReport]
    /// What concerns no single layer, such as table rows that were not used; lower-case clauses.
    public let notes: [String]
    /// Bytes of the `.bin` before.
    public let bytesBefore: Int
    /// Bytes of the `.bin` after.
    public let bytesAfter: Int

    /// Number of layers that compute in int8.
    public var int8Layers: Int {
        layers.count { $0.decision == .int8 }
    }
}
