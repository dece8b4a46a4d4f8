import Evaluating
import Images
import ModelFormat
import Quantizing
public import Settings
public import SystemPackage
public import Vocabulary

/// What a worker is to make for one run. It knows files and settings, nothing of the ledger or of other runs.
public struct WorkOrder: Sendable, Codable {
    public let triple: Triple
    public let settings: RunSettings
    /// What the twins are run on; nil for synthetic inputs.
    public let samples: SampleFolder?
    /// Where the int8 twin goes; neither file may be there.
    @CodedPath public private(set) var param: FilePath
    @CodedPath public private(set) var bin: FilePath

    public init(_ triple: Triple, _ preparation: Preparation, param: FilePath, bin: FilePath) {
        self.triple = triple
        settings = preparation.settings
        samples = preparation.samples
        _param = CodedPath(wrappedValue: param)
        _bin = CodedPath(wrappedValue: bin)
    }

    /// quantize → evaluate → judge → repair, into two new files.
    ///
    /// - Throws: `FormatError` and `EvaluationError` for what is wrong with the model or its samples, `Errno` for what keeps
    ///   the output from being written, `ChangedFile`, and what `progress` throws.
    func perform(progress: (WorkProgress) throws -> Void) throws -> WorkResult {
        do {
            let result = try make(progress)
            try requireUnchanged()
            return result
        } catch {
            // What was read while it was being replaced is nobody's fault.
            try requireUnchanged()
            throw error
        }
    }

    /// Lets the disk begin while the daemon still hashes what was made. Only a hint: the daemon waits for the disk itself
    /// before it publishes, and finds whatever goes wrong here.
    func bringToDisk() {
        for path in [bin, param] {
            let descriptor = try? FileDescriptor.open(path, .readOnly, options: .closeOnExec)
            try? descriptor?.closeAfter { try descriptor?.synchronize() }
        }
    }

    /// Whatever was hashed is what was quantized and run.
    private func requireUnchanged() throws {
        for file in triple.files { try file.requireUnchanged() }
        try samples?.requireUnchanged()
    }

    private func make(_ progress: (WorkProgress) throws -> Void) throws -> WorkResult {
        let job = QuantizeJob(
            param: triple.param.path, bin: triple.bin.path, table: triple.table?.path, settings: settings.quantize)
        try progress(WorkProgress(.quantizing))
        var report = try job.run(param: param, bin: bin) {
            try progress(WorkProgress(.quantizing, done: $0, total: $1))
        }
        try progress(WorkProgress(.evaluating))
        var (evaluation, twins, samples) = try evaluate(job) {
            try progress(WorkProgress(.evaluating, done: $0.done, total: $0.total))
        }
        var gate = settings.gate.judge(evaluation)
        var steps: [Repair.Step] = []
        if !gate.breaches.isEmpty, settings.gate.onFail == .mixed, let twins, let samples {
            let repaired = try settings.repair.run(
                twins, report: evaluation, on: samples, by: evaluator, until: settings.gate,
                progress: { try progress(WorkProgress(.repairing, done: $0.done, total: $0.total)) },
                twin: job.network)
            steps = repaired.steps
            (evaluation, gate) = (repaired.report, repaired.result)
            try FilePath.remove(param, bin)
            report = try job.run(param: param, bin: bin, floatLayers: repaired.floatLayers)
        }
        let paramBytes = FileIdentity(of: param)?.size ?? 0
        return WorkResult(report, evaluation, gate, steps, paramBytes: paramBytes)
    }

    private var evaluator: TwinEvaluation {
        TwinEvaluation(
            budget: EvaluationBudget(
                samples: settings.evaluate.samples, time: .milliseconds(Int64(settings.evaluate.seconds * 1000))))
    }

    private func evaluate(
        _ job: QuantizeJob, progress: (EvaluationProgress) throws -> Void
    ) throws -> (EvaluationReport, Twins?, Samples?) {
        guard settings.evaluate.samples > 0 else { return (.unmeasured("the evaluation is switched off"), nil, nil) }
        let mebibytes = triple.bin.identity.size >> 20
        guard mebibytes < Int64(settings.evaluate.largestMebibytes) else {
            let clause = "the .bin has \(mebibytes) MiB, models are run up to \(settings.evaluate.largestMebibytes)"
            return (.unmeasured(clause), nil, nil)
        }
        let int8 = QuantizeJob(param: param, bin: bin, table: nil)
        let outcome = try evaluator.run(
            float: job.openModel(), int8: int8.openModel(), folder: samples?.path,
            images: settings.images ?? ImageSettings(), progress: progress)
        return (outcome.report, outcome.twins, outcome.samples)
    }
}
