extension LayerCatalogue {
    /// Attention and what goes with it.
    static let attentionTypes: [LayerType] = [
        LayerType(
            "MultiHeadAttention",
            [
                .int(0, "embed_dim"), .int(1, "num_heads", 1), .int(2, "weight_data_size"),
                .int(3, "kdim", .same("embed_dim")), .int(4, "vdim", .same("embed_dim")), .int(5, "attn_mask"),
                .float(6, "scale", .inverseRoot("embed_dim", over: "num_heads")), .int(7, "kv_cache"),
                .int(18, "quantize_term"),
            ],
            weights: [
                .tagged("q_weight_data", "embed_dim" * queryDim), .plain("q_bias_data", "embed_dim"),
                .tagged("k_weight_data", "embed_dim" * "kdim"), .plain("k_bias_data", "embed_dim"),
                .tagged("v_weight_data", "embed_dim" * "vdim"), .plain("v_bias_data", "embed_dim"),
                .tagged("out_weight_data", queryDim * "embed_dim"), .plain("out_bias_data", queryDim),
                .plain("q_weight_data_int8_scales", "embed_dim", when: .isSet("quantize_term")),
                .plain("k_weight_data_int8_scales", "embed_dim", when: .isSet("quantize_term")),
                .plain("v_weight_data_int8_scales", "embed_dim", when: .isSet("quantize_term")),
                .plain("out_weight_data_int8_scale", 1, when: .isSet("quantize_term")),
            ],
            int8: Int8Form(
                term: 2, in: "quantize_term",
                weights: [
                    QuantizedWeight(
                        "q_weight_data", scales: "q_weight_data_int8_scales", from: .tableOrWeights, row: 0),
                    QuantizedWeight(
                        "k_weight_data", scales: "k_weight_data_int8_scales", from: .tableOrWeights, row: 1),
                    QuantizedWeight(
                        "v_weight_data", scales: "v_weight_data_int8_scales", from: .tableOrWeights, row: 2),
                    QuantizedWeight(
                        "out_weight_data", scales: "out_weight_data_int8_scale", from: .tableOrWeights, row: 3),
                ])),
        // SDPA has no weights: its int8 form quantizes query, key and value while running.
        LayerType(
            "SDPA",
            [.int(5, "attn_mask"), .float(6, "scale"), .int(7, "kv_cache"), .int(18, "int8_scale_term")],
            int8: Int8Form(term: 2, weights: [])),
        LayerType("RotaryEmbed", [.int(0, "interleaved")]),
    ]

    private static let queryDim: Count = "weight_data_size" / "embed_dim"
}
