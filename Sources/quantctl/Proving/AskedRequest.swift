import Requests
import Vocabulary

/// Something that the daemon was asked to do, and what came of it.
struct AskedRequest: Recordable {
    let id: String
    /// nil where it is about no model alone.
    let model: ModelName?
    let outcome: Asking.Outcome

    init(_ request: Request, of model: ModelName?, _ outcome: Asking.Outcome) {
        id = request.id
        self.model = model
        self.outcome = outcome
    }

    static let fields: [Field<AskedRequest>] = [
        .text("request") { $0.id },
        .text("model") { $0.model?.text },
        .text("state") { $0.outcome.word },
        .integer("run") { $0.outcome.run },
        .text("message") { $0.outcome.clause },
    ]
}

/// What `quantctl retry` says.
struct RequestsAnswer: Answer {
    struct Document: Encodable {
        let schemaVersion = 1
        let requests: [Record]
    }

    let requests: [AskedRequest]

    var document: Document { Document(requests: requests.map(\.record)) }
    var records: Records { Records(requests) }

    func lines(on page: Page) -> [Phrase] {
        requests.flatMap { request -> [Phrase] in
            let subject: Phrase = request.model.map { "\($0, .strong): " } ?? ""
            return (subject + request.outcome.phrase).wrapped(to: page.width, indent: 2)
        }
    }
}
