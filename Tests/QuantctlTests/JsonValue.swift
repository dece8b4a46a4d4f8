import Foundation

/// Any JSON.
enum JsonValue: Decodable, Hashable {
    case null
    case flag(Bool)
    case integer(Int)
    case number(Double)
    case text(String)
    case array([JsonValue])
    case object([String: JsonValue])

    init(_ text: String) throws {
        self = try JSONDecoder().decode(JsonValue.self, from: Data(text.utf8))
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let flag = try? container.decode(Bool.self) {
            self = .flag(flag)
        } else if let integer = try? container.decode(Int.self) {
            self = .integer(integer)
        } else if let number = try? container.decode(Double.self) {
            self = .number(number)
        } else if let text = try? container.decode(String.self) {
            self = .text(text)
        } else if let array = try? container.decode([JsonValue].self) {
            self = .array(array)
        } else {
            self = .object(try container.decode([String: JsonValue].self))
        }
    }

    /// A field of an object; nil where there is none.
    subscript(name: String) -> JsonValue? {
        if case .object(let fields) = self { fields[name] } else { nil }
    }

    var text: String? { if case .text(let text) = self { text } else { nil } }
    var integer: Int? { if case .integer(let integer) = self { integer } else { nil } }
    var array: [JsonValue]? { if case .array(let array) = self { array } else { nil } }
    var object: [String: JsonValue]? { if case .object(let object) = self { object } else { nil } }
    var number: Double? {
        switch self {
        case .integer(let integer): Double(integer)
        case .number(let number): number
        default: nil
        }
    }
}
