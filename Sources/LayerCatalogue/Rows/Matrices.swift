extension LayerCatalogue {
    /// Matrix products and look-ups.
    static let matrixTypes: [LayerType] = [
        LayerType(
            "InnerProduct",
            [
                .int(0, "num_output"), .int(1, "bias_term"), .int(2, "weight_data_size"), .int(8, "int8_scale_term"),
                .int(9, "activation_type"), .floats(10, "activation_params"),
            ],
            weights: [
                .tagged("weight_data", "weight_data_size"),
                .plain("bias_data", "num_output", when: .isSet("bias_term")),
                .plain("weight_data_int8_scales", "num_output", when: .isSet("int8_scale_term")),
                .plain("bottom_blob_int8_scales", 1, when: .isSet("int8_scale_term")),
            ],
            int8: Int8Form(
                term: 2,
                weights: [QuantizedWeight("weight_data", scales: "weight_data_int8_scales", from: .table, row: 0)],
                activationScale: "bottom_blob_int8_scales")),
        LayerType(
            "Embed",
            [
                .int(0, "num_output"), .int(1, "input_dim"), .int(2, "bias_term"), .int(3, "weight_data_size"),
                .int(18, "int8_scale_term"),
            ],
            weights: [
                .tagged("weight_data", "weight_data_size"),
                .plain("bias_data", "num_output", when: .isSet("bias_term")),
                .plain("weight_data_int8_scale", 1, when: .isSet("int8_scale_term")),
            ],
            int8: Int8Form(
                term: 2,
                weights: [
                    QuantizedWeight("weight_data", scales: "weight_data_int8_scale", from: .tableOrWeights, row: 0)
                ])),
        LayerType(
            "Gemm",
            [
                .float(0, "alpha", 1), .float(1, "beta", 1), .int(2, "transA"), .int(3, "transB"),
                .int(4, "constantA"), .int(5, "constantB"), .int(6, "constantC"), .int(7, "constantM"),
                .int(8, "constantN"), .int(9, "constantK"), .int(10, "constant_broadcast_type_C"),
                .int(11, "output_N1M"), .int(12, "output_elempack"), .int(13, "output_elemtype"),
                .int(14, "output_transpose"), .int(18, "quantize_term"), .int(20, "constant_TILE_M"),
                .int(21, "constant_TILE_N"), .int(22, "constant_TILE_K"),
            ],
            weights: [
                .tagged("A_data", "constantM" * "constantK", when: .equals("constantA", 1)),
                .tagged("B_data", "constantN" * "constantK", when: .equals("constantB", 1)),
                .tagged("C_data", 1, when: constantC(0)),
                .tagged("C_data", "constantM", when: constantC(1)),
                .tagged("C_data", "constantM", when: constantC(2)),
                .tagged("C_data", "constantM" * "constantN", when: constantC(3)),
                .tagged("C_data", "constantN", when: constantC(4)),
                .plain(
                    "A_data_int8_scales", "constantM", when: .all([.isSet("quantize_term"), .equals("constantA", 1)])),
                .plain("B_data_int8_scale", 1, when: .all([.isSet("quantize_term"), .equals("constantB", 1)])),
            ],
            // ncnn's int8 kernels want A as M rows of K and B as N rows of K, so a constant that lies otherwise is turned.
            int8: Int8Form(
                term: 2, in: "quantize_term",
                weights: [
                    QuantizedWeight(
                        "A_data", scales: "A_data_int8_scales", from: .weights, row: 0,
                        transposed: Transposition(
                            condition: .isSet("transA"), rows: "constantK", columns: "constantM", param: "transA",
                            value: 0)),
                    QuantizedWeight(
                        "B_data", scales: "B_data_int8_scale", from: .weights, row: 1,
                        transposed: Transposition(
                            condition: .isZero("transB"), rows: "constantK", columns: "constantN", param: "transB",
                            value: 1)),
                ])),
        LayerType("MatMul", [.int(0, "transB")]),
        LayerType("Einsum", [.ints(0, "equation")]),
    ]

    private static func constantC(_ broadcast: Count) -> Condition {
        .all([.equals("constantC", 1), .equals("constant_broadcast_type_C", broadcast)])
    }
}
