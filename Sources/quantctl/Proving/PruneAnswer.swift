import Ledger
import Reporting
import Vocabulary

/// What `quantctl prune` says: to people a line for each model, to programs one for each run.
struct PruneAnswer {
    /// What may go, a list for each model, the latest first.
    let models: [[PrunableRun]]
    /// What came of asking; nil where nobody was asked.
    let request: AskedRequest?

    func show(_ output: OutputOptions) throws {
        let page = output.page()
        guard output.wanted != .table else {
            let lines = lines(on: page).map { $0.rendered(isColoured: page.isColoured) + "\n" }
            return try output.show(text: lines.joined())
        }
        try output.stream { write in
            var form = RecordForm<PrunableRun>(output.wanted, name: "runs")
            try write(form.head(request.map { [("request", $0.record)] } ?? []))
            for runs in models { try write(try form.lines(runs)) }
            try write(form.end)
        }
    }

    private func lines(on page: Page) -> [Phrase] {
        if let request { return request.outcome.phrase.wrapped(to: page.width) }
        guard !models.isEmpty else { return ["nothing to prune"] }
        var table = TextTable([
            .text("MODEL", least: 16), .number("RUNS"), .word("NUMBERS"), .word("ENDED", rank: 0), .number("SIZE"),
        ])
        for runs in models {
            guard let last = runs.first, let first = runs.last else { continue }
            table.add([
                "\(last.model)", "\(runs.count)", runs.count == 1 ? "\(last.run)" : "\(first.run) to \(last.run)",
                Phrase(Figures.clock(last.finished)), Phrase(Self.size(of: runs)),
            ])
        }
        let runs = models.joined()
        let sum: Phrase = """
            \(runs.count) \(runs.count == 1 ? "run" : "runs") of \(models.count) \(models.count == 1 ? "model" : "models"), \
            \(Self.size(of: runs)) of weights; nothing was removed, --apply does it
            """
        return [table.lines(width: page.width), sum.wrapped(to: page.width)].separated()
    }

    private static func size(of runs: some Sequence<PrunableRun>) -> String {
        let bytes = runs.reduce(Int64(0)) { sum, run in
            let (total, overflow) = sum.addingReportingOverflow(run.bytes)
            return overflow ? .max : total
        }
        return Figures.bytes(Int(clamping: bytes))
    }
}

extension PrunableRun: Recordable {
    static let fields: [Field<PrunableRun>] = [
        .integer("run") { $0.run },
        .text("model") { $0.model.text },
        .text("status") { $0.status.rawValue },
        .time("finished") { $0.finished },
        .bytes("bytes") { $0.bytes },
    ]
}
