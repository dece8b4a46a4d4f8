import Numerics
import Vocabulary

/// The sums of an evaluation, which grow sample by sample and become its figures at the end.
struct Tally {
    private struct Output {
        let blob: String
        var errors = BlobErrors()
        var scores = ScoreCounts()
    }

    private(set) var samples = 0
    private var outputs: [Output]
    private var local: [Int: BlobErrors] = [:]
    private var accumulated: [Int: BlobErrors] = [:]

    init(outputs: [String]) {
        self.outputs = outputs.map { Output(blob: $0) }
    }

    /// Adds what a layer made of a sample, all its tops together.
    mutating func add(_ pass: LayerPass) {
        let index = pass.layer.index
        for (float, int8) in zip(pass.float, pass.int8) { accumulated[index, default: BlobErrors()].add(float, int8) }
        guard let tops = pass.local else { return }
        for (float, int8) in zip(pass.float, tops) { local[index, default: BlobErrors()].add(float, int8) }
    }

    /// Adds the outputs of a sample.
    mutating func add(_ pass: OutputPass, label: Int?) {
        for index in outputs.indices {
            guard let float = pass.float[outputs[index].blob], let int8 = pass.int8[outputs[index].blob] else {
                continue
            }
            outputs[index].errors.add(float, int8)
            outputs[index].scores.add(float, int8, label: label, sample: samples)
        }
        samples += 1
    }

    var layerMeasures: [Int: LayerMeasures] {
        accumulated.reduce(into: [:]) { measures, entry in
            let alone = local[entry.key]
            var notes = alone?.reason.map { ["local error not measured: \($0)"] } ?? []
            if let reason = entry.value.reason { notes.append("accumulated error not measured: \(reason)") }
            measures[entry.key] = LayerMeasures(
                local: alone?.measures, accumulated: entry.value.measures, notes: notes)
        }
    }

    func figures(of source: Samples) -> [EvaluationFigure] {
        outputs.flatMap(figures) + task(source)
    }

    private func figures(of output: Output) -> [EvaluationFigure] {
        let errors = output.errors
        func metric(_ type: String, float: Double? = nil, _ value: Double?, _ reason: String? = nil) -> EvaluationFigure
        {
            EvaluationFigure(
                Metric(
                    type: type, float: float, int8: value, slice: output.blob, samples: samples,
                    reason: value == nil ? reason : nil))
        }
        var figures = [
            metric(EvaluationMetric.cosine, errors.measures?.cosine, errors.ratioReason),
            metric(EvaluationMetric.sqnr, errors.measures?.sqnr, errors.ratioReason),
            metric(EvaluationMetric.maxError, errors.maxError, errors.reason),
        ]
        if errors.floatNonFinite + errors.int8NonFinite > 0 {
            figures.append(
                metric(
                    EvaluationMetric.nonFiniteSamples, float: Double(errors.floatNonFinite),
                    Double(errors.int8NonFinite)))
        } else if output.scores.isMeasured {
            figures.append(metric(EvaluationMetric.top1Agreement, output.scores.top1Agreement))
            if let agreement = output.scores.top5Agreement {
                figures.append(metric(EvaluationMetric.top5Agreement, agreement))
            }
        }
        return figures
    }

    /// Task accuracy, where there are labels and one output that they can belong to.
    private func task(_ source: Samples) -> [EvaluationFigure] {
        func missing(_ reason: String) -> [EvaluationFigure] {
            [EvaluationMetric.top1, EvaluationMetric.top5].map {
                EvaluationFigure(Metric(type: $0, samples: samples, reason: reason))
            }
        }
        guard source.labels != nil else { return missing("\(source.dataset) has no labels") }
        let candidates = outputs.filter { $0.scores.classes != nil }
        guard let output = candidates.first, candidates.count == 1 else {
            let list = candidates.map(\.blob).joined(separator: ", ")
            return missing(
                candidates.isEmpty
                    ? "no output is a score vector"
                    : "\(candidates.count) outputs are score vectors (\(list)), and the labels do not say whose they are"
            )
        }
        if let reason = output.errors.reason ?? output.scores.labelReason {
            return missing("output \(output.blob): \(reason)")
        }
        func figure(_ type: String, _ counts: PairedProportions) -> EvaluationFigure {
            EvaluationFigure(
                Metric(type: type, float: counts.first, int8: counts.second, samples: counts.count),
                interval: counts.interval)
        }
        let top1 = figure(EvaluationMetric.top1, output.scores.top1)
        guard output.scores.classes ?? 0 > 5 else {
            let reason = "output \(output.blob) has only \(output.scores.classes ?? 0) classes"
            return [top1, EvaluationFigure(Metric(type: EvaluationMetric.top5, samples: samples, reason: reason))]
        }
        return [top1, figure(EvaluationMetric.top5, output.scores.top5)]
    }
}
