import Ledger
import Reporting
import Vocabulary

/// Figures of both twins as a table for people.
enum MetricTable {
    /// A line for each figure, and what they were measured on; none where there are none.
    static func lines(_ metrics: [MetricRecord], on page: Page) -> [Phrase] {
        guard let first = metrics.first else { return [] }
        // A model that could not be run has one reason for all figures.
        if let reason = first.metric.reason, metrics.allSatisfy({ $0.metric.reason == reason }) {
            return Phrase("the twins were not run: \(reason)").wrapped(to: page.width)
        }
        var table = TextTable([
            .word("FIGURE"), .text("OUTPUT", rank: 4), .number("FLOAT"), .number("INT8"), .number("DELTA"),
            .word("95 %", rank: 3), .number("SAMPLES", rank: 1), .text("REASON", rank: 2),
        ])
        for record in metrics {
            let metric = record.metric
            table.add([
                metric.type, metric.slice, number(metric.float), number(metric.int8), number(metric.delta),
                record.interval.map { "\(number($0.lowerBound)) … \(number($0.upperBound))" } ?? "",
                "\(metric.samples)", metric.reason ?? "",
            ])
        }
        return ["both twins on \(first.dataset ?? "nothing")"] + table.lines(width: page.width)
    }

    private static func number(_ value: Double?) -> String {
        value.map { Figures.significant($0, 5) } ?? ""
    }
}
