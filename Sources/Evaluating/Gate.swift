public import Vocabulary

/// The limits that a run must hold to be published.
public struct Gate: Hashable, Sendable, Codable {
    /// What happens to a run that does not hold them. The raw value is public: it stands in the configuration.
    public enum OnFail: String, Hashable, Sendable, Codable, CaseIterable {
        /// It is not published.
        case reject
        /// It is published, and marked.
        case warn
        /// The most harmful layers are turned back to float; what still fails then is not published.
        case mixed
    }

    /// What the figures must hold; nil asks for nothing.
    public struct Limits: Hashable, Sendable, Codable {
        /// Of each output.
        public var minCosine: Double?
        /// Of each output, in dB.
        public var minSQNR: Double?
        /// How much of the samples the int8 twin may get wrong beyond the float twin, as a part of all.
        public var maxTop1Drop: Double?
        /// Of each output that is a score vector.
        public var minTop1Agreement: Double?

        public init(
            minCosine: Double? = nil, minSQNR: Double? = nil, maxTop1Drop: Double? = nil,
            minTop1Agreement: Double? = nil
        ) {
            self.minCosine = minCosine
            self.minSQNR = minSQNR
            self.maxTop1Drop = maxTop1Drop
            self.minTop1Agreement = minTop1Agreement
        }

        /// Limits that sound models hold with room to spare.
        ///
        /// The trained digits models have a cosine of 0.993 and more and 18 dB and more, the one with a ruined table
        /// 0.14 and -0.1 dB; one point of top-1 is what published int8 classifiers lose at most, and the usual limit
        /// elsewhere (NNCF's `max_drop`, Neural Compressor's `tolerable_loss`). Agreement is not asked for, since a
        /// vector may be an embedding, whose largest element means nothing.
        public static let `default` = Limits(minCosine: 0.95, minSQNR: 8, maxTop1Drop: 0.01)
    }

    public var limits: Limits
    public var onFail: OnFail

    public init(limits: Limits = .default, onFail: OnFail = .reject) {
        self.limits = limits
        self.onFail = onFail
    }

    /// What the gate says of a report.
    public func judge(_ report: EvaluationReport) -> GateResult {
        if let reason = report.reason { return GateResult(verdict: nil, reason: "nothing was measured: \(reason)") }
        var breaches = Self.nonFinite(report)
        var unchecked: [String] = []
        var checks = breaches.count
        for rule in Rule.all {
            guard let wanted = rule.limit(limits) else { continue }
            for metric in report.figures.map(\.metric) where metric.type == rule.metric {
                let isSame = report.metric(EvaluationMetric.maxError, metric.slice)?.int8 == 0
                if isSame {
                    checks += 1
                } else if let found = rule.value(metric) {
                    checks += 1
                    if !rule.holds(found, wanted) {
                        breaches.append(GateBreach(limit: rule.name, slice: metric.slice, wanted: wanted, found: found))
                    }
                } else {
                    let place = metric.slice.isEmpty ? "" : " of output \(metric.slice)"
                    unchecked.append("\(rule.name)\(place) was not checked: \(metric.reason ?? "there is no value")")
                }
            }
        }
        guard checks > 0 else {
            let reason = unchecked.isEmpty ? "no limit is set" : unchecked.joined(separator: "; ")
            return GateResult(verdict: nil, unchecked: unchecked, reason: reason)
        }
        let failed: Verdict = onFail == .warn ? .warned : .failed
        return GateResult(verdict: breaches.isEmpty ? .passed : failed, breaches: breaches, unchecked: unchecked)
    }

    /// Outputs that are numbers in the float twin and none in the int8 twin: no limit is needed to refuse them.
    private static func nonFinite(_ report: EvaluationReport) -> [GateBreach] {
        report.figures.map(\.metric).compactMap { metric in
            guard metric.type == EvaluationMetric.nonFiniteSamples, let float = metric.float, let int8 = metric.int8,
                int8 > float
            else { return nil }
            return GateBreach(limit: metric.type, slice: metric.slice, wanted: float, found: int8)
        }
    }

    /// One limit: which figure it is about and how they compare.
    private struct Rule: Sendable {
        let name: String
        let metric: String
        let limit: @Sendable (Limits) -> Double?
        let value: @Sendable (Metric) -> Double?
        /// Found and wanted.
        let holds: @Sendable (Double, Double) -> Bool

        static let all = [
            Rule(
                name: "min_cosine", metric: EvaluationMetric.cosine, limit: { $0.minCosine }, value: { $0.int8 },
                holds: { $0 >= $1 }),
            Rule(
                name: "min_sqnr_db", metric: EvaluationMetric.sqnr, limit: { $0.minSQNR }, value: { $0.int8 },
                holds: { $0 >= $1 }),
            // One sample of a hundred is one point, whatever a Double makes of it.
            Rule(
                name: "max_top1_drop", metric: EvaluationMetric.top1, limit: { $0.maxTop1Drop },
                value: { $0.delta.map { -$0 } }, holds: { $0 <= $1 + 1e-9 }),
            Rule(
                name: "min_top1_agreement", metric: EvaluationMetric.top1Agreement, limit: { $0.minTop1Agreement },
                value: { $0.int8 }, holds: { $0 >= $1 }),
        ]
    }
}

/// A limit that does not hold.
public struct GateBreach: Hashable, Sendable, Codable, CustomStringConvertible {
    /// The limit's name in the configuration, or `non_finite_samples`.
    public let limit: String
    /// The output's name, or empty for the whole model.
    public let slice: String
    public let wanted: Double
    public let found: Double

    public init(limit: String, slice: String, wanted: Double, found: Double) {
        self.limit = limit
        self.slice = slice
        self.wanted = wanted
        self.found = found
    }

    /// One lower-case clause with the numbers.
    public var description: String {
        let place = slice.isEmpty ? "" : " of output \(slice)"
        let figure = (found * 10000).rounded() / 10000
        if limit == EvaluationMetric.nonFiniteSamples {
            return "\(Int(exactly: found) ?? 0) samples\(place) have NaN or infinite values in the int8 twin, "
                + "\(Int(exactly: wanted) ?? 0) in the float twin"
        }
        return "\(limit)\(place) is \(figure), wanted \(limit.hasPrefix("max") ? "at most" : "at least") \(wanted)"
    }
}

/// What the gate says.
public struct GateResult: Hashable, Sendable {
    /// Nil where nothing could be measured, or nothing is asked for.
    public let verdict: Verdict?
    /// The limits that do not hold.
    public let breaches: [GateBreach]
    /// Limits whose figure could not be had, as lower-case clauses.
    public let unchecked: [String]
    /// Why there is no verdict; nil where there is one.
    public let reason: String?

    init(verdict: Verdict?, breaches: [GateBreach] = [], unchecked: [String] = [], reason: String? = nil) {
        self.verdict = verdict
        self.breaches = breaches
        self.unchecked = unchecked
        self.reason = reason
    }
}
