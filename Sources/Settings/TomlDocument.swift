import TOMLKit

/// Reads TOML strictly and turns what TOMLKit says into one clause.
enum TomlDocument {
    static func decode<Document: Decodable>(
        _ type: Document.Type, from text: String, file: String
    ) throws(ConfigurationError) -> Document {
        do {
            return try TOMLDecoder(strictDecoding: true).decode(type, from: text)
        } catch let error as TOMLParseError {
            throw ConfigurationError(
                file: file, line: error.source.begin.line, column: error.source.begin.column,
                error.description.split(separator: "\n").first.map { $0.lowercased() } ?? "is no TOML")
        } catch let error as UnexpectedKeysError {
            let keys = error.keys.keys.sorted().map { "'\($0)'" }.joined(separator: ", ")
            throw ConfigurationError(file: file, "unknown key \(keys)")
        } catch let error as DecodingError {
            throw ConfigurationError(file: file, clause(error))
        } catch {
            throw ConfigurationError(file: file, "\(error)")
        }
    }

    /// A word out of a closed list.
    static func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ key: String, _ word: String, file: String
    ) throws(ConfigurationError) -> Choice {
        guard let choice = Choice(rawValue: word) else {
            let words = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw ConfigurationError(file: file, "\(key) is '\(word)', wanted one of: \(words)")
        }
        return choice
    }

    /// A number that must lie in a range; nil where the key is not there.
    static func inside<Number: Comparable>(
        _ key: String, _ value: Number?, _ range: ClosedRange<Number>, file: String
    ) throws(ConfigurationError) -> Number? {
        guard let value else { return nil }
        guard range.contains(value) else {
            throw ConfigurationError(
                file: file, "\(key) is \(value), wanted \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    /// TOMLKit reports a value of another kind as one that does not exist; every key here may be left out, so a failure
    /// means that the value cannot be what was wanted.
    private static func clause(_ error: DecodingError) -> String {
        switch error {
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context),
            .keyNotFound(_, let context):
            "\(key(context)) has a value of the wrong kind"
        @unknown default:
            "\(error)"
        }
    }

    private static func key(_ context: DecodingError.Context) -> String {
        context.codingPath.map(\.stringValue).joined(separator: ".")
    }
}

/// A number that people write with or without a point; TOML takes the two for different kinds.
struct TomlNumber: Decodable {
    let value: Double

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let whole = try? container.decode(Int.self) {
            value = Double(whole)
        } else {
            value = try container.decode(Double.self)
        }
    }
}
