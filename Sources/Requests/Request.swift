import Foundation
import Ledger
public import Vocabulary

/// What someone asks the daemon to do. Nobody but the daemon writes the ledger, so it is asked through a file.
public struct Request: Hashable, Sendable {
    /// What is asked.
    public enum Order: Hashable, Sendable {
        /// Run the model again, with the files as they are now, whatever came of it before.
        case retry(ModelName)
        /// Remove the results that the retention lets go.
        case prune(Retention)
    }

    /// A UUID in lower case. It is the name of the file, and the answer bears it.
    public let id: String
    public let order: Order

    /// A new request.
    public init(_ order: Order) {
        self.init(id: UUID().uuidString.lowercased(), order)
    }

    init(id: String, _ order: Order) {
        self.id = id
        self.order = order
    }

    /// The content of its file.
    var text: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Texts and whole numbers: nothing here is beyond JSON.
        return (try? encoder.encode(RequestFile(order))).map { String(decoding: $0, as: UTF8.self) + "\n" } ?? ""
    }

    /// Reads the content of a file. An unknown key is an error: a misspelt one would let a pruning remove more than was meant.
    ///
    /// - Throws: `RequestError`; nothing of the content is repeated in it but names of keys.
    init(id: String, content: [UInt8]) throws(RequestError) {
        let file: RequestFile
        do {
            file = try JSONDecoder().decode(RequestFile.self, from: Data(content))
        } catch let error as RequestError {
            throw error
        } catch {
            throw RequestError("is no request in JSON")
        }
        self.init(id: id, try file.order)
    }
}

/// Why a request is refused: one lower-case clause that follows the file's name.
public struct RequestError: Error, Hashable, Sendable, CustomStringConvertible {
    public let description: String

    init(_ clause: String) { description = clause }
}

/// The fields of the file; `docs/requests.md` describes them.
private struct RequestFile: Codable {
    // The order of the cases is the order in the file.
    enum CodingKeys: String, CodingKey, CaseIterable {
        case version = "schema_version"
        case verb, model, models, keep, before
    }

    var version = 1
    var verb: String
    var model: String?
    var models: String?
    var keep: Int?
    var before: Timestamp?

    init(_ order: Request.Order) {
        switch order {
        case .retry(let model):
            verb = "retry"
            self.model = model.text
        case .prune(let retention):
            verb = "prune"
            (models, keep, before) = (retention.models, retention.keep, retention.before)
        }
    }

    init(from decoder: any Decoder) throws {
        let words = try decoder.container(keyedBy: AnyKey.self)
        if let unknown = words.allKeys.map(\.stringValue).sorted().first(where: { CodingKeys(rawValue: $0) == nil }) {
            throw RequestError("has the unknown key '\(unknown.prefix(40))'")
        }
        let container = try decoder.container(keyedBy: CodingKeys.self)
        version = try container.decode(Int.self, forKey: .version)
        verb = try container.decode(String.self, forKey: .verb)
        model = try container.decodeIfPresent(String.self, forKey: .model)
        models = try container.decodeIfPresent(String.self, forKey: .models)
        keep = try container.decodeIfPresent(Int.self, forKey: .keep)
        before = try container.decodeIfPresent(Timestamp.self, forKey: .before)
    }

    var order: Request.Order {
        get throws(RequestError) {
            guard version == 1 else { throw RequestError("has schema_version \(version), this program knows 1") }
            switch verb {
            case "retry":
                guard let model, !model.isEmpty, model.utf8.count <= 4096 else {
                    throw RequestError("asks for a retry and names no model")
                }
                guard models == nil, keep == nil, before == nil else {
                    throw RequestError("asks for a retry and has keys of a pruning")
                }
                return .retry(ModelName(model))
            case "prune":
                guard model == nil else { throw RequestError("asks for a pruning and has the key 'model'") }
                return .prune(try Retention(models: models, keep: keep, before: before))
            default: throw RequestError("asks for something that this program does not know")
            }
        }
    }

    private struct AnyKey: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }
}
