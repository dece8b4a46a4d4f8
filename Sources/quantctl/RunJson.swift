import Ledger
import Vocabulary

/// A run in JSON; `docs/json.md` describes the fields.
struct RunJson: Encodable {
    let run: Int
    let model: String
    let status: String
    let verdict: String?
    let message: String?
    let trigger: String
    let queued: String
    let started: String?
    let finished: String?
    let attempts: Int
    let layers: Int?
    let int8Layers: Int?
    let bytesBefore: Int64?
    let bytesAfter: Int64?
    let worstSqnrDb: Double?
    let worstLayer: String?
    let folder: String?
    let cachedFrom: Int?
    let pruned: String?

    init(_ run: RunSummary) {
        self.run = run.run
        model = run.model.text
        status = run.status.rawValue
        verdict = run.verdict?.rawValue
        message = run.message
        trigger = run.trigger.rawValue
        queued = run.queued.description
        started = run.started?.description
        finished = run.finished?.description
        attempts = run.attempts
        layers = run.layers
        int8Layers = run.int8Layers
        bytesBefore = run.bytesBefore
        bytesAfter = run.bytesAfter
        worstSqnrDb = run.worstSQNR
        worstLayer = run.worstLayer
        folder = run.folder?.string
        cachedFrom = run.cachedFrom
        pruned = run.pruned?.description
    }
}

/// A list of runs in JSON.
struct HistoryJson: Encodable {
    let schemaVersion = 1
    let runs: [RunJson]
}

/// A run with all that belongs to it in JSON.
struct RunDetailJson: Encodable {
    struct Artifact: Encodable {
        let role: String
        let path: String
        let sha256: String?
        let bytes: Int64
    }

    struct Event: Encodable {
        let at: String
        let kind: String
        let message: String
    }

    struct MetricJson: Encodable {
        let type: String
        let slice: String
        let float: Double?
        let int8: Double?
        let delta: Double?
        let deltaLow: Double?
        let deltaHigh: Double?
        let samples: Int
        let dataset: String?
        let reason: String?

        init(_ record: MetricRecord) {
            type = record.metric.type
            slice = record.metric.slice
            float = record.metric.float
            int8 = record.metric.int8
            delta = record.metric.delta
            deltaLow = record.interval?.lowerBound
            deltaHigh = record.interval?.upperBound
            samples = record.metric.samples
            dataset = record.dataset
            reason = record.metric.reason
        }
    }

    let schemaVersion = 1
    let run: RunJson
    let uuid: String
    let floatStorage: String?
    let settings: String?
    let builderVersion: String?
    let artifacts: [Artifact]
    let events: [Event]
    let metrics: [MetricJson]
    let layers: [LayerJson]

    init(_ detail: RunDetail, metrics: [MetricRecord], layers: [LayerReport]) {
        run = RunJson(detail.summary)
        uuid = detail.uuid
        floatStorage = detail.recipe?.floatStorage
        settings = detail.recipe?.settings
        builderVersion = detail.recipe?.builderVersion
        artifacts = detail.artifacts.map {
            Artifact(role: $0.role.rawValue, path: $0.path.string, sha256: $0.digest?.hex, bytes: $0.size)
        }
        events = detail.events.map { Event(at: $0.at.description, kind: $0.kind, message: $0.message) }
        self.metrics = metrics.map(MetricJson.init)
        self.layers = layers.map(LayerJson.init)
    }
}

/// The layers of a run in JSON.
struct LayersJson: Encodable {
    let schemaVersion = 1
    let run: Int
    let model: String
    let layers: [LayerJson]
}
