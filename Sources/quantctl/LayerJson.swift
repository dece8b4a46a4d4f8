import Quantizing
import Vocabulary

/// One layer in JSON; `docs/json.md` describes the fields.
struct LayerJson: Encodable {
    let index: Int
    let name: String
    let type: String
    let decision: String
    let reasonCode: String?
    let reason: String?
    let storageBefore: String
    let storageAfter: String
    let bytesBefore: Int
    let bytesAfter: Int
    let quantizedWeights: Int
    let weightScaleMin: Float?
    let weightScaleMax: Float?
    let activationScale: Float?
    let topScale: Float?
    let deadChannels: Int
    let sqnrDb: Double?
    let cosine: Double?
    let rmseOverStep: Double?
    let maxError: Double?
    let clippedFraction: Double?
    let localSqnrDb: Double?
    let localCosine: Double?
    let accumulatedSqnrDb: Double?
    let accumulatedCosine: Double?
    let notes: [String]

    init(_ layer: LayerReport) {
        index = layer.index
        name = layer.name
        type = layer.type
        decision = layer.decision.word
        reasonCode = layer.decision.reason?.code.rawValue
        reason = layer.decision.reason?.clause
        storageBefore = layer.storageBefore
        storageAfter = layer.storageAfter
        bytesBefore = layer.bytesBefore
        bytesAfter = layer.bytesAfter
        quantizedWeights = layer.quantizedWeights
        weightScaleMin = layer.weightScales?.lowerBound
        weightScaleMax = layer.weightScales?.upperBound
        activationScale = layer.activationScale
        topScale = layer.topScale
        deadChannels = layer.deadChannels
        sqnrDb = layer.measures?.sqnr
        cosine = layer.measures?.cosine
        rmseOverStep = layer.measures?.rmseOverStep
        maxError = layer.measures?.maxError
        clippedFraction = layer.measures?.clippedFraction
        localSqnrDb = layer.local?.sqnr
        localCosine = layer.local?.cosine
        accumulatedSqnrDb = layer.accumulated?.sqnr
        accumulatedCosine = layer.accumulated?.cosine
        notes = layer.notes
    }
}

/// The report of `quantctl quantize` in JSON.
struct QuantizationJson: Encodable {
    let schemaVersion = 1
    let layers: [LayerJson]
    let int8Layers: Int
    let bytesBefore: Int
    let bytesAfter: Int
    let notes: [String]

    init(_ report: QuantizationReport) {
        layers = report.layers.map(LayerJson.init)
        int8Layers = report.int8Layers
        bytesBefore = report.bytesBefore
        bytesAfter = report.bytesAfter
        notes = report.notes
    }
}
