/// A digest of some pieces of a file, which takes no time however large the file is: files with different ones have different
/// contents, files with the same one perhaps the same content.
public struct PartialDigest: Hashable, Sendable, Codable {
    public let value: Int64

    public init(_ value: Int64) {
        self.value = value
    }

    public init(from decoder: any Decoder) throws {
        value = try decoder.singleValueContainer().decode(Int64.self)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(value)
    }
}
