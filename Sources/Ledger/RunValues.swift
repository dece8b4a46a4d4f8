public import SystemPackage
public import Vocabulary

/// Why a run was begun. The raw value is public: it stands in the ledger and in JSON.
public enum RunTrigger: String, Sendable, Codable, CaseIterable {
    /// Its files came or changed.
    case watch
    /// Someone asked.
    case retry
}

/// With what a run is made: together with the inputs it decides the result.
public struct Recipe: Hashable, Sendable {
    /// How the floats that remain are stored: `keep` or `fp16`.
    public var floatStorage: String
    /// All settings that decide the result, as JSON.
    public var settings: String
    /// The digest of all that decides the result beside the inputs and the version.
    public var settingsDigest: ArtifactDigest
    /// The version of the program that computes.
    public var builderVersion: String

    public init(floatStorage: String, settings: String, settingsDigest: ArtifactDigest, builderVersion: String) {
        self.floatStorage = floatStorage
        self.settings = settings
        self.settingsDigest = settingsDigest
        self.builderVersion = builderVersion
    }
}

/// What a file is to a run. The raw value is public: it stands in the ledger and in JSON.
public enum ArtifactRole: String, Sendable, Codable, CaseIterable {
    case param
    case bin
    case table
    /// The model's own settings.
    case settings
    case int8Param = "int8.param"
    case int8Bin = "int8.bin"
    /// The in-toto statement.
    case statement
    /// The signature of the statement.
    case signature
    /// The list of digests in the run folder.
    case sums

    /// The run read it; otherwise the run made it.
    public var isInput: Bool {
        switch self {
        case .param, .bin, .table, .settings: true
        case .int8Param, .int8Bin, .statement, .signature, .sums: false
        }
    }
}

/// A file that a run read or made.
public struct RunArtifact: Hashable, Sendable {
    public var role: ArtifactRole
    public var path: FilePath
    /// nil for an input that was never read.
    public var digest: ArtifactDigest?
    /// Bytes.
    public var size: Int64

    public init(role: ArtifactRole, path: FilePath, digest: ArtifactDigest?, size: Int64) {
        self.role = role
        self.path = path
        self.digest = digest
        self.size = size
    }
}

/// A metric with what makes it comparable.
public struct MetricRecord: Hashable, Sendable {
    public var metric: Metric
    /// The confidence interval of the delta.
    public var interval: ClosedRange<Double>?
    /// What the twins were run on: a folder, or `synthetic`.
    public var dataset: String?
    public var datasetDigest: ArtifactDigest?

    public init(
        _ metric: Metric, interval: ClosedRange<Double>? = nil, dataset: String? = nil,
        datasetDigest: ArtifactDigest? = nil
    ) {
        self.metric = metric
        self.interval = interval
        self.dataset = dataset
        self.datasetDigest = datasetDigest
    }

    /// The metric as the ledger will give it back: SQLite knows neither NaN nor a zero below zero, and what has no value
    /// needs a reason.
    public var recorded: MetricRecord {
        func kept(_ value: Double?) -> Double? { value.flatMap { $0.isNaN ? nil : $0 + 0 } }
        var record = self
        record.metric.float = kept(metric.float)
        record.metric.int8 = kept(metric.int8)
        record.interval = interval.map { $0.lowerBound + 0...$0.upperBound + 0 }
        if metric.reason == nil, record.metric.int8 == nil {
            record.metric.reason = metric.int8 == nil ? "not measured" : "it is no number"
        }
        return record
    }
}

/// How a run ended.
public enum RunEnd: Hashable, Sendable {
    /// The int8 twin lies in this folder; the verdict is `PASSED` or `WARNED`, nil without a gate.
    case published(folder: FilePath, verdict: Verdict?)
    /// The gate held it back, because of this.
    case rejected(message: String)
    /// There is no int8 twin, because of this.
    case failed(message: String)
    /// The result of an earlier, published run, in a folder of its own.
    case cached(from: Int, folder: FilePath)

    /// The run's status after it.
    public var status: RunStatus {
        switch self {
        case .published: .published
        case .rejected: .rejected
        case .failed: .failed
        case .cached: .cached
        }
    }
}

/// What a run found out and made.
public struct RunResults: Hashable, Sendable {
    /// Inputs with their digests, and outputs; for a result there must be all of them.
    public var artifacts: [RunArtifact]
    public var layers: [LayerReport]
    public var metrics: [MetricRecord]

    public init(artifacts: [RunArtifact] = [], layers: [LayerReport] = [], metrics: [MetricRecord] = []) {
        self.artifacts = artifacts
        self.layers = layers
        self.metrics = metrics
    }
}

/// A run that waits for a worker.
public struct QueuedRun: Hashable, Sendable {
    public let run: Int
    public let triple: Triple
    public let trigger: RunTrigger
    /// How often it was begun and the daemon did not live to see its end.
    public let interruptions: Int

    public init(run: Int, triple: Triple, trigger: RunTrigger, interruptions: Int = 0) {
        self.run = run
        self.triple = triple
        self.trigger = trigger
        self.interruptions = interruptions
    }
}

/// The latest triple of a model that came to an end, and how.
public struct KnownTriple: Hashable, Sendable {
    public let triple: Triple
    public let run: Int
    public let status: RunStatus
    /// nil where the run failed before it began.
    public let settingsDigest: ArtifactDigest?
    /// nil where the run failed before it began.
    public let builderVersion: String?
}
