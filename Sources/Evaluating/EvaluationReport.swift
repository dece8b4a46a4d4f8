public import Vocabulary

/// A metric with the confidence interval of its delta.
public struct EvaluationFigure: Hashable, Sendable, Codable {
    public var metric: Metric
    /// At 95 %; nil for what is no difference of proportions.
    public var interval: ClosedRange<Double>?

    public init(_ metric: Metric, interval: ClosedRange<Double>? = nil) {
        self.metric = metric
        self.interval = interval
    }
}

/// How far the int8 twin is from the float twin at one layer.
public struct LayerMeasures: Hashable, Sendable {
    /// Its tops where this layer alone is int8; nil for a float layer, and where it could not be measured.
    public var local: OutputMeasures?
    /// Its tops where all is int8; nil where it could not be measured.
    public var accumulated: OutputMeasures?
    /// Why one of both could not be measured, as lower-case clauses.
    public var notes: [String]

    public init(local: OutputMeasures? = nil, accumulated: OutputMeasures? = nil, notes: [String] = []) {
        self.local = local
        self.accumulated = accumulated
        self.notes = notes
    }
}

/// How far an int8 twin is from its float twin.
public struct EvaluationReport: Hashable, Sendable {
    /// What the twins were run on: a folder's name, or `synthetic`; nil where they were not run.
    public var dataset: String?
    /// Samples that both twins were really run on.
    public var samples: Int
    /// Samples behind the measures of layers.
    public var layerSamples: Int
    /// The figures; one that could not be had is there without a value, with the reason.
    public var figures: [EvaluationFigure]
    /// By layer index; a layer is not there where nothing of it could be measured.
    public var layers: [Int: LayerMeasures]
    /// How the inputs were made and what cut the evaluation short, as lower-case clauses.
    public var notes: [String]
    /// Why nothing at all was measured; nil where something was.
    public var reason: String?

    public init(
        dataset: String?, samples: Int, layerSamples: Int, figures: [EvaluationFigure],
        layers: [Int: LayerMeasures] = [:], notes: [String] = [], reason: String? = nil
    ) {
        self.dataset = dataset
        self.samples = samples
        self.layerSamples = layerSamples
        self.figures = figures
        self.layers = layers
        self.notes = notes
        self.reason = reason
    }

    /// The report of twins that cannot be run: every figure without a value, with this reason.
    public static func unmeasured(_ reason: String, dataset: String? = nil) -> EvaluationReport {
        let types = [
            EvaluationMetric.cosine, EvaluationMetric.sqnr, EvaluationMetric.maxError, EvaluationMetric.top1,
            EvaluationMetric.top5,
        ]
        return EvaluationReport(
            dataset: dataset, samples: 0, layerSamples: 0,
            figures: types.map { EvaluationFigure(Metric(type: $0, reason: reason)) }, reason: reason)
    }

    /// The metric of a type, of an output or of the whole model.
    public func metric(_ type: String, _ slice: String = "") -> Metric? {
        figures.first { $0.metric.type == type && $0.metric.slice == slice }?.metric
    }
}
