import Ledger

/// A history of any length, shown piece by piece: neither memory nor the ledger's log grows with it.
///
/// Which runs are shown is decided at once; each is shown as it is when its turn comes.
struct HistoryStream {
    private let query: HistoryQuery
    private let isReversed: Bool
    private let output: OutputOptions

    /// Runs that are looked up at once.
    private static let piece = 1000

    init(_ query: HistoryQuery, isReversed: Bool, _ output: OutputOptions) {
        self.query = query
        self.isReversed = isReversed
        self.output = output
    }

    func run(_ ledger: LedgerReader) throws {
        var query = query
        // One more tells whether there are more.
        query.limit = query.limit.map { $0 == .max ? $0 : $0 + 1 }
        var numbers = try ledger.numbers(of: query)
        let hasMore = numbers.count > self.query.limit ?? .max
        if hasMore { numbers.removeLast() }
        if isReversed { numbers.reverse() }

        var runs = try ledger.runs(Array(numbers.prefix(Self.piece)))
        try output.stream { write in
            var form = HistoryForm(output.wanted, page: output.page(), first: runs)
            try write(form.head(more: hasMore))
            for start in stride(from: Self.piece, to: numbers.count + Self.piece, by: Self.piece) {
                try write(try form.lines(runs))
                runs = try ledger.runs(Array(numbers.dropFirst(start).prefix(Self.piece)))
            }
            try write(form.end)
        }
    }
}
