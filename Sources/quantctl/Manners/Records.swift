/// A row that has public names for what is in it.
protocol Recordable: Sendable {
    static var fields: [Field<Self>] { get }
}

extension Recordable {
    /// The row for programs.
    var record: Record { Record(self, Self.fields) }
}

/// A row for programs: an object in JSON, a line in CSV.
struct Record: Encodable, Hashable, Sendable {
    let columns: [String]
    /// One for each column; nil where there is none, and in JSON then no field either.
    let values: [FieldValue?]

    init<Row>(_ row: Row, _ fields: [Field<Row>]) {
        columns = fields.flatMap(\.names)
        values = fields.flatMap { $0.values(row) }
    }

    init(columns: [String], values: [FieldValue?]) {
        self.columns = columns
        self.values = values
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Name.self)
        for (column, value) in zip(columns, values) {
            try container.encodeIfPresent(value, forKey: Name(stringValue: column))
        }
    }

    private struct Name: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }
}

/// Rows for programs, all with the same columns.
struct Records: Hashable, Sendable {
    let columns: [String]
    let rows: [Record]

    init<Row: Recordable>(_ rows: [Row]) {
        columns = Row.fields.flatMap(\.names)
        self.rows = rows.map(\.record)
    }
}
