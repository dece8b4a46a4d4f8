import Ledger
import Vocabulary

/// Runs as a table for people.
enum RunTable {
    static func text(_ runs: [RunSummary]) -> String {
        guard !runs.isEmpty else { return "no runs" }
        var table = TextTable([
            .number("RUN"), .word("MODEL"), .word("STATUS"), .word("VERDICT"), .number("INT8"), .number("SIZE"),
            .number("OF FLOAT"), .number("WORST SQNR dB"), .word("WHEN"), .number("TOOK"), .clause("MESSAGE"),
        ])
        for run in runs {
            table.add([
                "\(run.run)", run.model.text, run.status.rawValue, run.verdict?.rawValue ?? "",
                run.int8Layers.flatMap { int8 in run.layers.map { "\(int8)/\($0)" } } ?? "",
                run.bytesAfter.map { Figures.bytes(Int($0)) } ?? "",
                run.ratio.map { "\(Figures.fixed(100 * $0, 1)) %" } ?? "", Figures.fixed(run.worstSQNR, 1),
                Self.clock(run.finished ?? run.started ?? run.queued), Self.span(run),
                run.message ?? run.cachedFrom.map { "result of run \($0)" } ?? "",
            ])
        }
        return table.lines().joined(separator: "\n")
    }

    /// `2026-11-23 13:55:22Z`.
    static func clock(_ time: Timestamp) -> String {
        time.description.prefix(19).replacing("T", with: " ") + "Z"
    }

    /// How long a run took, from its beginning to its end.
    static func span(_ run: RunSummary) -> String {
        guard let start = run.started, let end = run.finished else { return "" }
        return Ages.text(from: start, to: end)
    }
}
