import Ledger
import Reporting
import Vocabulary

/// Runs as a table for people.
enum RunTable {
    static let columns: [TextTable.Column] = [
        .number("RUN"), .text("MODEL", least: 24), .word("STATUS"), .word("VERDICT", rank: 7), .number("INT8", rank: 3),
        .number("SIZE", rank: 4), .number("OF FLOAT", rank: 2), .number("WORST dB", rank: 0),
        .word("ACCURACY", rank: 5),
        .word("WHEN", rank: 8), .number("TOOK", rank: 1), .text("MESSAGE", least: 16, rank: 6),
    ]

    static func table(_ runs: [RunSummary]) -> TextTable {
        var table = TextTable(columns)
        for run in runs { table.add(cells(run)) }
        return table
    }

    static func cells(_ run: RunSummary) -> [Phrase] {
        [
            "\(run.run)", "\(run.model)", run.status.phrase, run.verdict?.phrase ?? "",
            Phrase(run.int8Layers.flatMap { int8 in run.layers.map { "\(int8)/\($0)" } } ?? ""),
            Phrase(run.bytesAfter.map { Figures.bytes(Int($0)) } ?? ""),
            Phrase(run.ratio.map { "\(Figures.fixed(100 * $0, 1)) %" } ?? ""),
            Phrase(run.worstSQNR.map { Figures.fixed($0, 1) } ?? ""), Phrase(accuracy(run) ?? ""),
            Phrase(Figures.clock(run.at)),
            Phrase(Figures.span(run)), Phrase(run.message ?? run.cachedFrom.map { "result of run \($0)" } ?? ""),
        ]
    }

    /// `top1 98.3 % (+0.3)` where there were labels, else `cosine 0.9931`; nil where the twins were not run.
    static func accuracy(_ run: RunSummary) -> String? {
        if let top1 = run.top1 {
            return "top1 \(Figures.fixed(100 * top1.int8, 1)) % (\(Figures.signed(100 * top1.delta, 1)))"
        }
        return run.cosine.map { "cosine \(Figures.fixed($0, 4))" }
    }
}
