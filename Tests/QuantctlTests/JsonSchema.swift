import Foundation

/// As much of JSON Schema 2020-12 as `docs/quantctl.schema.json` uses, and stricter: a field that the schema does not
/// name is an error, because then it is not documented.
struct JsonSchema {
    private let definitions: [String: JsonValue]

    init(_ text: String) throws {
        definitions = try JsonValue(text)["$defs"]?.object ?? [:]
    }

    /// The names of all fields.
    var fields: Set<String> {
        func collect(_ value: JsonValue) -> Set<String> {
            guard let object = value.object else { return [] }
            return object.values.reduce(into: Set(object["properties"]?.object.map(\.keys) ?? [:].keys)) {
                $0.formUnion(collect($1))
            }
        }
        return collect(.object(definitions))
    }

    /// What is wrong with a text as what the definition says; empty where nothing is.
    func faults(_ json: String, as name: String) throws -> [String] {
        faults(try JsonValue(json), .object(["$ref": .text("#/$defs/\(name)")]), name)
    }

    private func faults(_ value: JsonValue, _ schema: JsonValue, _ place: String) -> [String] {
        if let reference = schema["$ref"]?.text {
            guard let target = definitions[String(reference.dropFirst("#/$defs/".count))] else {
                return ["\(place): the schema has no \(reference)"]
            }
            return faults(value, target, place)
        }
        if let choices = schema["anyOf"]?.array {
            let all = choices.map { faults(value, $0, place) }
            return all.contains([]) ? [] : all.flatMap(\.self)
        }
        if let words = schema["enum"]?.array, !words.contains(value) { return ["\(place) is \(value)"] }
        if let constant = schema["const"], value != constant { return ["\(place) is \(value)"] }
        guard let type = schema["type"]?.text else { return [] }
        let other = "\(place) is no \(type): \(value)"
        switch (type, value) {
        case ("string", .text(let text)): return self.text(text, schema, place)
        case ("integer", .integer(let number)):
            let least = schema["minimum"]?.integer ?? .min
            return number < least ? ["\(place) is \(number), wanted at least \(least)"] : []
        case ("number", .integer), ("number", .number), ("boolean", .flag): return []
        case ("array", .array(let items)):
            return items.enumerated().flatMap { index, item in
                schema["items"].map { faults(item, $0, "\(place)[\(index)]") } ?? []
            }
        case ("object", .object(let fields)): return object(fields, schema, place)
        default: return [other]
        }
    }

    private func text(_ text: String, _ schema: JsonValue, _ place: String) -> [String] {
        let time = #"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z$"#
        let pattern = schema["format"]?.text == "date-time" ? time : schema["pattern"]?.text ?? ""
        if text.range(of: pattern, options: .regularExpression) == nil, !pattern.isEmpty {
            return ["\(place) does not fit \(pattern): \(text)"]
        }
        if schema["contentEncoding"]?.text == "base64", Data(base64Encoded: text) == nil {
            return ["\(place) is no base64: \(text)"]
        }
        return []
    }

    private func object(_ fields: [String: JsonValue], _ schema: JsonValue, _ place: String) -> [String] {
        let missing = (schema["required"]?.array ?? []).compactMap(\.text).filter { fields[$0] == nil }
        return missing.map { "\(place) lacks \($0)" }
            + fields.flatMap { name, value -> [String] in
                guard let schema = schema["properties"]?[name] ?? schema["additionalProperties"] else {
                    return ["\(place).\(name) is not in the schema"]
                }
                return faults(value, schema, "\(place).\(name)")
            }
    }
}
