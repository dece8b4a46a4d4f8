import Ledger
import SystemPackage
import Vocabulary

extension RunSummary: Recordable {
    static let fields: [Field<RunSummary>] = [
        .integer("run") { $0.run },
        .text("model") { $0.model.text },
        .text("status") { $0.status.rawValue },
        .text("verdict") { $0.verdict?.rawValue },
        .text("message") { $0.message },
        .text("trigger") { $0.trigger.rawValue },
        .time("queued") { $0.queued },
        .time("started") { $0.started },
        .time("finished") { $0.finished },
        .integer("attempts") { $0.attempts },
        .integer("layers") { $0.layers },
        .integer("int8_layers") { $0.int8Layers },
        .bytes("bytes_before") { $0.bytesBefore },
        .bytes("bytes_after") { $0.bytesAfter },
        .number("worst_sqnr_db") { $0.worstSQNR },
        .text("worst_layer") { $0.worstLayer },
        .number("cosine") { $0.cosine },
        .number("top1_float") { $0.top1?.float },
        .number("top1_int8") { $0.top1?.int8 },
        .number("top1_delta") { $0.top1?.delta },
        .path("folder") { $0.folder },
        .integer("cached_from") { $0.cachedFrom },
        .time("pruned") { $0.pruned },
    ]
}

extension RunArtifact: Recordable {
    static let fields: [Field<RunArtifact>] = [
        .text("role") { $0.role.rawValue },
        .path("path") { $0.path },
        .text("sha256") { $0.digest?.hex },
        .bytes("bytes") { $0.size },
    ]
}

extension LedgerEvent: Recordable {
    static let fields: [Field<LedgerEvent>] = [
        .time("at") { $0.at },
        .text("kind") { $0.kind },
        .text("message") { $0.message },
    ]
}

extension MetricRecord: Recordable {
    static let fields: [Field<MetricRecord>] = [
        .text("type") { $0.metric.type },
        .text("slice") { $0.metric.slice },
        .number("float") { $0.metric.float },
        .number("int8") { $0.metric.int8 },
        .number("delta") { $0.metric.delta },
        .number("delta_low") { $0.interval?.lowerBound },
        .number("delta_high") { $0.interval?.upperBound },
        .integer("samples") { $0.metric.samples },
        .text("dataset") { $0.dataset },
        .text("dataset_sha256") { $0.datasetDigest?.hex },
        .text("reason") { $0.metric.reason },
    ]
}

/// A run with all that belongs to it in JSON.
struct RunDetailJson: Encodable {
    let schemaVersion = 1
    let run: Record
    let uuid: String
    let floatStorage: String?
    let settings: String?
    let builderVersion: String?
    let artifacts: [Record]
    let events: [Record]
    let metrics: [Record]
    let layers: [Record]

    init(_ detail: RunDetail, metrics: [MetricRecord], layers: [LayerReport]) {
        run = detail.summary.record
        uuid = detail.uuid
        floatStorage = detail.recipe?.floatStorage
        settings = detail.recipe?.settings
        builderVersion = detail.recipe?.builderVersion
        artifacts = detail.artifacts.map(\.record)
        events = detail.events.map(\.record)
        self.metrics = metrics.map(\.record)
        self.layers = layers.map(\.record)
    }
}
