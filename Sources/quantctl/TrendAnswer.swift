import Ledger
import Reporting
import Vocabulary

/// What `quantctl trend` says.
struct TrendAnswer: Answer {
    struct Document: Encodable {
        let schemaVersion = 1
        let model: String
        let runs: [Record]
    }

    let model: ModelName
    /// The earliest first.
    let runs: [RunSummary]

    var document: Document { Document(model: model.text, runs: runs.map(\.record)) }
    var records: Records { Records(runs) }

    func lines(on page: Page) -> [Phrase] {
        guard !runs.isEmpty else { return ["no run of \(model) has a result"] }
        return [[Phrase(model.text, .strong)] + curves.lines(on: page), table.lines(width: page.width)].separated()
    }

    /// A small curve for each figure that at least two versions have, from the earliest to the latest.
    private var curves: Facts {
        let figures: [(String, (RunSummary) -> Double?, (Double) -> String)] = [
            ("size", { $0.bytesAfter.map(Double.init) }, { Figures.bytes(Int($0)) }),
            ("top1", { $0.top1?.int8 }, { "\(Figures.fixed(100 * $0, 1)) %" }),
            ("cosine", { $0.cosine }, { Figures.fixed($0, 4) }),
            ("worst dB", { $0.worstSQNR }, { Figures.fixed($0, 1) }),
        ]
        var facts = Facts()
        for (name, get, words) in figures {
            let values = runs.map(get)
            let known = values.compactMap(\.self)
            guard known.count > 1, let first = known.first, let last = known.last else { continue }
            facts.add(name, "\(Sparkline.text(values))  \(words(first)) → \(words(last))")
        }
        return facts
    }

    private var table: TextTable {
        var table = TextTable([
            .number("RUN"), .word("WHEN", rank: 5), .word("STATUS"), .word("VERDICT", rank: 4), .number("SIZE"),
            .number("OF FLOAT", rank: 2), .number("INT8", rank: 1), .word("ACCURACY", rank: 6),
            .number("WORST dB", rank: 3),
            .text("MESSAGE", least: 16, rank: 0),
        ])
        for run in runs {
            table.add([
                "\(run.run)", Phrase(Figures.clock(run.at)), run.status.phrase, run.verdict?.phrase ?? "",
                Phrase(run.bytesAfter.map { Figures.bytes(Int($0)) } ?? ""),
                Phrase(run.ratio.map { "\(Figures.fixed(100 * $0, 1)) %" } ?? ""),
                Phrase(run.int8Layers.flatMap { int8 in run.layers.map { "\(int8)/\($0)" } } ?? ""),
                Phrase(RunTable.accuracy(run) ?? ""), Phrase(run.worstSQNR.map { Figures.fixed($0, 1) } ?? ""),
                Phrase(run.message ?? run.cachedFrom.map { "result of run \($0)" } ?? ""),
            ])
        }
        return table
    }
}
