/// A digest of some pieces of a file, which takes no time however large the file is: files with different ones have different
/// contents, files with the same one perhaps the same content.
public struct PartialDigest: RawRepresentable, Hashable, Sendable, Codable {
    public let rawValue: Int64

    public init(rawValue: Int64) {
        self.rawValue = rawValue
    }
}
