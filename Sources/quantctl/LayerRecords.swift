import Vocabulary

extension LayerReport: Recordable {
    static let fields: [Field<LayerReport>] = [
        .integer("index") { $0.index },
        .text("name") { $0.name },
        .text("type") { $0.type },
        .text("decision") { $0.decision.word },
        .text("reason_code") { $0.decision.reason?.code.rawValue },
        .text("reason") { $0.decision.reason?.clause },
        .text("storage_before") { $0.storageBefore },
        .text("storage_after") { $0.storageAfter },
        .integer("bytes_before") { $0.bytesBefore },
        .integer("bytes_after") { $0.bytesAfter },
        .integer("quantized_weights") { $0.quantizedWeights },
        .single("weight_scale_min") { $0.weightScales?.lowerBound },
        .single("weight_scale_max") { $0.weightScales?.upperBound },
        .single("activation_scale") { $0.activationScale },
        .single("top_scale") { $0.topScale },
        .integer("dead_channels") { $0.deadChannels },
        .number("sqnr_db") { $0.measures?.sqnr },
        .number("cosine") { $0.measures?.cosine },
        .number("rmse_over_step") { $0.measures?.rmseOverStep },
        .number("max_error") { $0.measures?.maxError },
        .number("clipped_fraction") { $0.measures?.clippedFraction },
        .number("local_sqnr_db") { $0.local?.sqnr },
        .number("local_cosine") { $0.local?.cosine },
        .number("accumulated_sqnr_db") { $0.accumulated?.sqnr },
        .number("accumulated_cosine") { $0.accumulated?.cosine },
        .texts("notes") { $0.notes },
    ]
}
