/// The first of some rows of a calibration table, and how many there are: a damaged one may have millions.
public struct RowTally: Sendable {
    /// No more than are worth reading.
    public private(set) var first: [CalibrationTable.Row] = []
    public private(set) var count = 0

    private static let most = 20

    /// Counts rows.
    public init(_ rows: some Sequence<CalibrationTable.Row> = EmptyCollection()) {
        for row in rows { add(row) }
    }

    /// Counts a row, where there is one.
    mutating func add(_ row: CalibrationTable.Row?) {
        guard let row else { return }
        count += 1
        if first.count < Self.most { first.append(row) }
    }

    /// A note for each of the first, and one that says how many more there are.
    public func notes(in file: String, _ clause: String) -> [String] {
        let more = count - first.count
        return first.map { "\(file):\($0.line): row '\($0.key)' \(clause)" }
            + (more > 0 ? ["\(file): \(more) more rows like these"] : [])
    }
}
