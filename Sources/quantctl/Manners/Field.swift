import Foundation
import Ledger
import SystemPackage
import Vocabulary

/// What a field can hold.
enum FieldValue: Hashable, Sendable, Encodable {
    case text(String)
    case integer(Int64)
    case number(Double)
    case flag(Bool)
    case texts([String])

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .text(let text): try container.encode(text)
        case .integer(let number): try container.encode(number)
        case .number(let number): try container.encode(number)
        case .flag(let flag): try container.encode(flag)
        case .texts(let texts): try container.encode(texts)
        }
    }
}

/// One line of the table that says what a row is in JSON and CSV: a public name, and how to get it. `docs/json.md` and the
/// schema beside it describe every name; names stay, new ones come at the end.
struct Field<Row>: Sendable {
    /// One name, or two for a path.
    let names: [String]
    /// A value for each name; nil where there is none.
    let values: @Sendable (Row) -> [FieldValue?]

    private init(_ name: String, _ value: @escaping @Sendable (Row) -> FieldValue?) {
        names = [name]
        values = { [value($0)] }
    }

    private init(names: [String], values: @escaping @Sendable (Row) -> [FieldValue?]) {
        self.names = names
        self.values = values
    }

    static func any(_ name: String, _ get: @escaping @Sendable (Row) -> FieldValue?) -> Field {
        Field(name, get)
    }

    static func text(_ name: String, _ get: @escaping @Sendable (Row) -> String?) -> Field {
        Field(name) { get($0).map { .text($0) } }
    }

    static func integer(_ name: String, _ get: @escaping @Sendable (Row) -> Int?) -> Field {
        Field(name) { get($0).map { .integer(Int64($0)) } }
    }

    /// A size in bytes.
    static func bytes(_ name: String, _ get: @escaping @Sendable (Row) -> Int64?) -> Field {
        Field(name) { get($0).map { .integer($0) } }
    }

    static func number(_ name: String, _ get: @escaping @Sendable (Row) -> Double?) -> Field {
        Field(name) { get($0).map { .number($0) } }
    }

    /// A single-precision number: its own shortest digits, not those of the double nearest to it.
    static func single(_ name: String, _ get: @escaping @Sendable (Row) -> Float?) -> Field {
        Field(name) { get($0).map { .number(Double("\($0)") ?? Double($0)) } }
    }

    static func flag(_ name: String, _ get: @escaping @Sendable (Row) -> Bool?) -> Field {
        Field(name) { get($0).map { .flag($0) } }
    }

    static func time(_ name: String, _ get: @escaping @Sendable (Row) -> Timestamp?) -> Field {
        Field(name) { get($0).map { .text($0.description) } }
    }

    static func texts(_ name: String, _ get: @escaping @Sendable (Row) -> [String]) -> Field {
        Field(name) { .texts(get($0)) }
    }

    /// A path: as text, and where its bytes are not UTF-8 also as they are, in base64 under `<name>_base64`.
    static func path(_ name: String, _ get: @escaping @Sendable (Row) -> FilePath?) -> Field {
        Field(names: [name, "\(name)_base64"]) { row in
            guard let path = get(row) else { return [nil, nil] }
            return [.text(path.string), path.base64.map { .text($0) }]
        }
    }
}

extension Field {
    /// The same field of a row that has this one within it.
    func within<Outer>(_ get: @escaping @Sendable (Outer) -> Row) -> Field<Outer> {
        let values = self.values
        return Field<Outer>(names: names) { values(get($0)) }
    }
}

extension FilePath {
    /// The path's bytes in base64; nil where they are UTF-8 and the text says it all.
    var base64: String? {
        guard String(validating: self) == nil else { return nil }
        return withPlatformString { Data(bytes: $0, count: strlen($0)).base64EncodedString() }
    }
}
