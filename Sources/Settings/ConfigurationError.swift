/// Why a configuration cannot be used.
public struct ConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file's name; empty for settings that came from the command line.
    public let file: String
    /// From 1; nil where TOML does not say.
    public let line: Int?
    public let column: Int?
    /// One lower-case clause.
    public let clause: String

    public init(file: String, line: Int? = nil, column: Int? = nil, _ clause: String) {
        self.file = file
        self.line = line
        self.column = column
        self.clause = clause
    }

    public var description: String {
        let place = ([file.isEmpty ? nil : file] + [line, column].map { $0.map(String.init) }).compactMap(\.self)
        return place.isEmpty ? clause : "\(place.joined(separator: ":")): \(clause)"
    }
}
