import Evaluating
import Images
import ModelFormat
import Quantizing
import SystemPackage
import Vocabulary

/// What a worker is to do for one run. It knows files and settings, nothing of the ledger or of other runs.
struct WorkOrder: Sendable {
    let triple: Triple
    let settings: RunSettings
    /// The folder of samples beside the model; nil where there is none.
    let samples: FilePath?
    /// Set when the daemon stops; the twins are then run no further.
    let stop: StopFlag

    /// Why a worker has no result.
    enum Failure: Error {
        /// A file is no longer what it was when the triple was assembled.
        case changed(FilePath)
    }

    /// What a worker has made.
    struct Result: Sendable {
        let quantization: QuantizationReport
        let evaluation: EvaluationReport
        let gate: GateResult
        /// The layers that the gate's repair turned back to float, in that order.
        let repairs: [Repair.Step]
    }

    /// Reads every input once and says what it holds.
    ///
    /// - Throws: `FormatError`, `Failure`.
    func digests() throws -> [FilePath: ArtifactDigest] {
        var digests: [FilePath: ArtifactDigest] = [:]
        for file in triple.files {
            let source = try open(file)
            let digest = try ArtifactDigest(of: source)
            guard source.isUnchanged else { throw Failure.changed(file.path) }
            digests[file.path] = digest
        }
        return digests
    }

    /// quantize → evaluate → judge → repair, into two new files.
    ///
    /// - Throws: `FormatError` and `EvaluationError` for what is wrong with the model or its samples, `Errno` for what keeps
    ///   the output from being written, `Failure`, `CancellationError` where the daemon stops.
    func perform(param: FilePath, bin: FilePath) throws -> Result {
        let job = QuantizeJob(
            param: triple.param.path, bin: triple.bin.path, table: triple.table?.path, settings: settings.quantize)
        var report = try job.run(param: param, bin: bin)
        var (evaluation, twins, samples) = try evaluate(job, param: param, bin: bin)
        var gate = settings.gate.judge(evaluation)
        var repairs: [Repair.Step] = []
        if !gate.breaches.isEmpty, settings.gate.onFail == .mixed, let twins, let samples {
            let repaired = try settings.repair.run(
                twins, report: evaluation, on: samples, by: evaluator, until: settings.gate, progress: goOn,
                twin: job.network)
            repairs = repaired.steps
            (evaluation, gate) = (repaired.report, repaired.result)
            try FilePath.remove(param, bin)
            report = try job.run(param: param, bin: bin, floatLayers: repaired.floatLayers)
        }
        // Whatever was hashed is what was quantized: nothing has changed since the triple was assembled.
        for file in triple.files where FileIdentity(of: file.path) != file.identity {
            throw Failure.changed(file.path)
        }
        return Result(
            quantization: report.with(evaluation.layers), evaluation: evaluation, gate: gate, repairs: repairs)
    }

    private var evaluator: TwinEvaluation {
        TwinEvaluation(
            budget: EvaluationBudget(
                samples: settings.evaluate.samples, time: .milliseconds(Int64(settings.evaluate.seconds * 1000))))
    }

    private func evaluate(
        _ job: QuantizeJob, param: FilePath, bin: FilePath
    ) throws -> (EvaluationReport, Twins?, Samples?) {
        guard settings.evaluate.samples > 0 else { return (.unmeasured("the evaluation is switched off"), nil, nil) }
        let mebibytes = triple.bin.identity.size >> 20
        guard mebibytes < Int64(settings.evaluate.largestMebibytes) else {
            let clause = "the .bin has \(mebibytes) MiB, models are run up to \(settings.evaluate.largestMebibytes)"
            return (.unmeasured(clause), nil, nil)
        }
        let int8 = QuantizeJob(param: param, bin: bin, table: nil)
        let outcome = try evaluator.run(
            float: job.openModel(), int8: int8.openModel(), folder: samples, images: settings.images ?? ImageSettings(),
            progress: goOn)
        return (outcome.report, outcome.twins, outcome.samples)
    }

    /// - Throws: `CancellationError` where the daemon stops.
    private func goOn(_ progress: EvaluationProgress) throws {
        if stop.isSet { throw CancellationError() }
    }

    private func open(_ file: Triple.File) throws -> FileBytes {
        guard FileIdentity(of: file.path) != nil else { throw Failure.changed(file.path) }
        let source = try FileBytes(file.path)
        guard source.identity == file.identity else { throw Failure.changed(file.path) }
        return source
    }
}

extension QuantizationReport {
    /// The same with what running both twins says of the layers.
    fileprivate func with(_ measures: [Int: LayerMeasures]) -> QuantizationReport {
        var report = self
        for (index, measured) in measures where report.layers.indices.contains(index) {
            report.layers[index].local = measured.local
            report.layers[index].accumulated = measured.accumulated
            report.layers[index].notes += measured.notes
        }
        return report
    }
}
