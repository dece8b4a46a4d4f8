/// What a command says, in all the forms in which it can be printed.
protocol Answer {
    associatedtype Document: Encodable

    /// What `json` prints.
    var document: Document { get }

    /// What `jsonl` and `csv` print.
    var records: Records { get }

    /// What people read.
    func lines(on page: Page) -> [Phrase]
}

extension Answer {
    /// The whole answer, with the end of its last line.
    func text(_ format: OutputFormat, on page: Page) throws -> String {
        switch format {
        case .table: lines(on: page).map { $0.rendered(isColoured: page.isColoured) + "\n" }.joined()
        case .json: try Json.text(document) + "\n"
        case .jsonl: try records.rows.map { try Json.line($0) + "\n" }.joined()
        case .csv: Csv.text(records)
        }
    }
}
