import Foundation

/// The settings of a run, each with its place: `gate.limits.minCosine`, `0.95`.
public struct RecordedSettings: CustomStringConvertible {
    /// In the order of their places.
    public let values: [(place: String, value: String)]

    /// Takes the JSON of the ledger; what is none stands as it is, without a place.
    public init(json: String) {
        guard let root = try? JSONDecoder().decode(Value.self, from: Data(json.utf8)) else {
            values = [("", json)]
            return
        }
        values = root.leaves("").sorted { $0.place < $1.place }
    }

    public var description: String {
        values.map { $0.place.isEmpty ? $0.value : "\($0.place)=\($0.value)" }.joined(separator: " ")
    }

    /// The value at this place; nil where there is none.
    public func value(_ place: String) -> String? {
        values.first { $0.place == place }?.value
    }

    private enum Value: Decodable {
        case leaf(String)
        case list([Value])
        case object([String: Value])

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let object = try? container.decode([String: Value].self) {
                self = .object(object)
            } else if let list = try? container.decode([Value].self) {
                self = .list(list)
            } else if let flag = try? container.decode(Bool.self) {
                self = .leaf("\(flag)")
            } else if let number = try? container.decode(Decimal.self) {
                self = .leaf("\(number)")
            } else if let text = try? container.decode(String.self) {
                self = .leaf(text)
            } else {
                self = .leaf("null")
            }
        }

        func leaves(_ place: String) -> [(place: String, value: String)] {
            switch self {
            case .leaf(let text): [(place, text)]
            case .list(let list): [(place, "[\(list.flatMap { $0.leaves("") }.map(\.value).joined(separator: ", "))]")]
            case .object(let object):
                object.flatMap { key, value in value.leaves(place.isEmpty ? key : "\(place).\(key)") }
            }
        }
    }
}
