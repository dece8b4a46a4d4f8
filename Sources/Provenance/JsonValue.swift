import Foundation

/// A piece of JSON whose text is always the same: keys in order, no blanks, one form for each number.
enum JsonValue: Hashable, Sendable, Codable {
    case null
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case string(String)
    case array([JsonValue])
    case object([String: JsonValue])

    /// An object without the fields that have no value.
    static func fields(_ fields: [String: JsonValue?]) -> JsonValue {
        .object(fields.compactMapValues(\.self))
    }

    /// JSON has no infinities and no NaN: they are written as words.
    init(_ value: Double) {
        self = value.isFinite ? .number(value) : .string(value.isNaN ? "nan" : value < 0 ? "-inf" : "inf")
    }

    /// Reads JSON; nil where the text is none.
    init?(text: String) {
        guard let value = try? JSONDecoder().decode(JsonValue.self, from: Data(text.utf8)) else { return nil }
        self = value
    }

    /// One line.
    var text: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // No case holds a number that JSON does not have, and nothing else can fail.
        return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "null"
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Int64.self) {
            self = .integer(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([JsonValue].self) {
            self = .array(value)
        } else {
            self = .object(try container.decode([String: JsonValue].self))
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let value): try container.encode(value)
        case .integer(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .string(let value): try container.encode(value)
        case .array(let value): try container.encode(value)
        case .object(let value): try container.encode(value)
        }
    }
}

extension JsonValue: ExpressibleByStringLiteral {
    init(stringLiteral text: String) { self = .string(text) }
}
