public import Images
import Inference
public import LayerCatalogue
public import ModelFormat
import Numerics
public import SystemPackage
import Vocabulary

/// How much an evaluation may cost.
public struct EvaluationBudget: Hashable, Sendable, Codable {
    /// The most samples that are run.
    public var samples: Int
    /// The time after which no further sample is begun.
    public var time: Duration
    /// The most samples for which the layers are measured too, which costs about half as much again.
    public var layerSamples: Int

    public init(samples: Int = 1000, time: Duration = .seconds(120), layerSamples: Int = 32) {
        self.samples = samples
        self.time = time
        self.layerSamples = layerSamples
    }
}

/// How far an evaluation has come.
public struct EvaluationProgress: Hashable, Sendable {
    /// Samples done.
    public let done: Int
    /// Samples that will be done if the time suffices.
    public let total: Int
}

/// Runs both twins on the same samples and measures how far they are apart.
public struct TwinEvaluation: Sendable {
    public var budget: EvaluationBudget
    /// How many threads an operator may use.
    public var threads: Int
    /// A time that only grows.
    private let uptime: @Sendable () -> Duration

    public init(
        budget: EvaluationBudget = EvaluationBudget(), threads: Int = 1,
        uptime: @escaping @Sendable () -> Duration = TwinEvaluation.monotonic
    ) {
        self.budget = budget
        self.threads = threads
        self.uptime = uptime
    }

    /// The time since this was first asked for.
    public static let monotonic: @Sendable () -> Duration = {
        let start = ContinuousClock.now
        return { ContinuousClock.now - start }
    }()

    /// What an evaluation leaves behind.
    public struct Outcome: Sendable {
        public let report: EvaluationReport
        /// Nil where one of the models cannot be run.
        public let twins: Twins?
        /// Nil where no inputs could be made.
        public let samples: Samples?
    }

    /// Evaluates a model and its int8 twin, on the samples of a folder or, without one, on synthetic inputs.
    ///
    /// Models that cannot be built or run, and inputs that cannot be made up, give a report without figures, with the
    /// reason. A folder that does not fit is an error all the same: who put it there wants it used.
    ///
    /// - Parameters:
    ///   - images: what the model wants done to images, where the folder has some.
    ///   - progress: see `report`.
    /// - Throws: `EvaluationError` where the folder's files are not as they should be, `FormatError` where the `.bin` cannot
    ///   be read, `CancellationError`, and what `progress` throws.
    public func run(
        float: Model<some ByteSource>, int8: Model<some ByteSource>, folder: FilePath? = nil,
        images: ImageSettings = ImageSettings(), progress: (EvaluationProgress) throws -> Void = { _ in }
    ) throws -> Outcome {
        LargePages.preferForLayers()
        var twins: Twins?
        do {
            let pair = try Twins(
                float: Network(float.param, bin: float.bin), int8: Network(int8.param, bin: int8.bin))
            twins = pair
            let samples = try samples(for: pair, folder: folder, images: images, scales: try int8.activationScales())
            return Outcome(report: try report(of: pair, on: samples, progress: progress), twins: pair, samples: samples)
        } catch let error as InferenceError {
            return Outcome(report: .unmeasured(error.description), twins: twins, samples: nil)
        } catch EvaluationError.inputs(let clause), EvaluationError.twins(let clause) {
            return Outcome(report: .unmeasured(clause), twins: twins, samples: nil)
        }
    }

    /// The samples of a folder, or synthetic ones where there is none.
    ///
    /// - Parameters:
    ///   - images: what the model wants done to images, where the folder has some.
    ///   - scales: see `Samples.synthetic`.
    /// - Throws: `EvaluationError`, `InferenceError` where the model does not run, `CancellationError`.
    public func samples(
        for twins: Twins, folder: FilePath?, images: ImageSettings = ImageSettings(), scales: [Int: Float]
    ) throws -> Samples {
        if let folder { return try Samples(folder: folder, for: twins.float, images: images) }
        let (start, budget, uptime) = (uptime(), budget, uptime)
        return try .synthetic(for: twins.float, scales: scales) {
            guard uptime() - start < budget.time else {
                throw EvaluationError.inputs(clause: "no input shape and size were found within \(budget.time)")
            }
        }
    }

    /// Measures the twins on as many samples as the budget has, at least on one.
    ///
    /// Twins that do not run give a report without figures, with the reason.
    ///
    /// - Parameter progress: called behind each sample; what it throws ends the evaluation.
    /// - Throws: `EvaluationError` where samples cannot be read, `CancellationError`, and what `progress` throws.
    public func report(
        of twins: Twins, on samples: Samples, progress: (EvaluationProgress) throws -> Void = { _ in }
    ) throws -> EvaluationReport {
        var tally = Tally(outputs: twins.float.outputs)
        let total = min(samples.count, max(1, budget.samples))
        let start = uptime()
        var notes = samples.notes
        do {
            // The same threads for all samples.
            try Threads.with(threads) {
                for index in 0..<total {
                    guard index == 0 || uptime() - start < budget.time else {
                        notes.append("the time of \(budget.time) was over after \(index) of \(total) samples")
                        break
                    }
                    let inputs = try samples.sample(index)
                    let isMeasured = index < budget.layerSamples
                    let outputs = try twins.run(inputs, measuresLocal: isMeasured, threads: threads) { pass in
                        if isMeasured { tally.add(pass) }
                    }
                    tally.add(outputs, label: samples.labels?[index])
                    try progress(EvaluationProgress(done: index + 1, total: total))
                }
            }
        } catch let error as InferenceError {
            return .unmeasured(error.description, dataset: samples.dataset)
        } catch let error as TensorError {
            return .unmeasured(error.description, dataset: samples.dataset)
        }
        guard tally.samples > 0 else {
            return .unmeasured("\(samples.dataset) has no samples", dataset: samples.dataset)
        }
        return EvaluationReport(
            dataset: samples.dataset, samples: tally.samples, layerSamples: min(tally.samples, budget.layerSamples),
            figures: tally.figures(of: samples), layers: tally.layerMeasures, notes: notes)
    }
}
