extension LayerCatalogue {
    /// Recurrent layers; `direction` is 0 forward, 1 reverse, 2 both.
    static let recurrentTypes: [LayerType] = [
        recurrent("RNN", gates: 1, biases: 1, hidden: "num_output"),
        recurrent("GRU", gates: 3, biases: 4, hidden: "num_output"),
        recurrent(
            "LSTM", gates: 4, biases: 4, hidden: "hidden_size",
            params: [.int(3, "hidden_size", .same("num_output"))],
            // A projection brings the hidden state from hidden_size to num_output.
            projection: .tagged(
                "weight_hr_data", "hidden_size" * "num_output" * directions,
                when: .not(.equals("hidden_size", "num_output")))),
    ]

    private static let directions = Count.either(.equals("direction", 2), 2, otherwise: 1)

    private static func recurrent(
        _ name: String, gates: Count, biases: Count, hidden: Count, params: [ParamSpec] = [],
        projection: WeightSpec? = nil
    ) -> LayerType {
        let rows = hidden * gates * directions
        let inputs = "weight_data_size" / directions / hidden / gates
        return LayerType(
            name,
            [.int(0, "num_output"), .int(1, "weight_data_size"), .int(2, "direction"), .int(8, "int8_scale_term")]
                + params,
            weights: [
                .tagged("weight_xc_data", inputs * rows),
                .tagged("bias_c_data", hidden * biases * directions),
                .tagged("weight_hc_data", "num_output" * rows),
            ] + [projection].compactMap(\.self) + [
                .plain("weight_xc_data_int8_scales", rows, when: .isSet("int8_scale_term")),
                .plain("weight_hc_data_int8_scales", rows, when: .isSet("int8_scale_term")),
            ],
            int8: Int8Form(
                term: 2,
                weights: [
                    QuantizedWeight(
                        "weight_xc_data", scales: "weight_xc_data_int8_scales", from: .tableOrWeights, row: 0),
                    QuantizedWeight(
                        "weight_hc_data", scales: "weight_hc_data_int8_scales", from: .tableOrWeights, row: 1),
                ]))
    }
}
