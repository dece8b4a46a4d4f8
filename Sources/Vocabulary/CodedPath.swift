public import SystemPackage

/// A path that stands in JSON as text, written as in the ledger (see `PathText`).
@propertyWrapper
public struct CodedPath: Hashable, Sendable, Codable {
    public var wrappedValue: FilePath

    public init(wrappedValue: FilePath) {
        self.wrappedValue = wrappedValue
    }

    public init(from decoder: any Decoder) throws {
        wrappedValue = PathText.path(of: try decoder.singleValueContainer().decode(String.self))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(PathText.text(of: wrappedValue))
    }
}
