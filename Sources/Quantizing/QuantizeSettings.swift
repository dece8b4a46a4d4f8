/// What a user can choose about quantizing a model.
public struct QuantizeSettings: Hashable, Sendable, Codable {
    /// How float weights are stored in the int8 twin.
    public enum FloatStorage: String, Hashable, Sendable, Codable, CaseIterable {
        /// As they are, byte for byte.
        case keep
        /// Tagged arrays as half floats, as `ncnn2int8` writes them.
        case fp16
    }

    public var floatStorage: FloatStorage
    /// Shell patterns of layer names that stay float, such as `head_*`.
    public var exclude: [String]
    /// Layer types that stay float, such as `Gemm`.
    public var excludeTypes: [String]

    public init(floatStorage: FloatStorage = .keep, exclude: [String] = [], excludeTypes: [String] = []) {
        self.floatStorage = floatStorage
        self.exclude = exclude
        self.excludeTypes = excludeTypes
    }
}
