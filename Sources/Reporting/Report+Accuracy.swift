import Ledger
import Vocabulary

extension Report {
    /// Both twins on the same inputs, beside what the gate asks for.
    var accuracy: Html {
        guard let first = metrics.first else { return .nothing }
        // A model that could not be run has one reason for all figures.
        if let reason = first.metric.reason, metrics.allSatisfy({ $0.metric.reason == reason }) {
            return section("Accuracy", "The twins were not run: \(reason).")
        }
        return section(
            "Accuracy", "Both twins on the same inputs: \(first.dataset ?? "nothing").",
            .table(
                "figures",
                [
                    .word("figure"), .word("output"), .number("float"), .number("int8"), .number("delta"),
                    .number("95 % of the delta"), .number("limit"), .number("samples"),
                ], metrics.indices.map(row)))
    }

    private func row(_ index: Int) -> Html {
        let record = metrics[index]
        let metric = record.metric
        func figure(_ name: String, _ value: Double?) -> Html {
            .figure("metrics.\(index).\(name)", value, value.map { Figures.significant($0, 5) } ?? "")
        }
        let interval = record.interval.map { range in
            Html.group([figure("delta_low", range.lowerBound), " … ", figure("delta_high", range.upperBound)])
        }
        return .tag(
            "tr", [], .tag("th", [], .text(metric.type)), .tag("td", "word", .text(metric.slice)),
            .tag("td", [], figure("float", metric.float)), .tag("td", [], figure("int8", metric.int8)),
            .tag("td", [], figure("delta", metric.delta)),
            metric.reason.map { .tag("td", "why", .text($0)) } ?? .tag("td", [], interval ?? ""),
            .tag("td", [], .text(limit(of: metric.type))),
            .tag("td", [], .figure("metrics.\(index).samples", Int64(metric.samples), Figures.grouped(metric.samples))))
    }

    /// What the gate of the run asks of a figure; empty where it asks nothing.
    private func limit(of type: String) -> String {
        Self.limits[type].flatMap { name, sign in settings.value("gate.limits.\(name)").map { "\(sign)\($0)" } } ?? ""
    }

    /// The limits of the gate, by the figure that they are about.
    private static let limits: [String: (name: String, sign: String)] = [
        EvaluationMetric.cosine: ("minCosine", "≥ "), EvaluationMetric.sqnr: ("minSQNR", "≥ "),
        EvaluationMetric.top1: ("maxTop1Drop", "delta ≥ −"), EvaluationMetric.top1Agreement: ("minTop1Agreement", "≥ "),
    ]
}
