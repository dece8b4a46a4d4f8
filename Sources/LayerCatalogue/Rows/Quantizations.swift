extension LayerCatalogue {
    /// Changes of number format as layers of their own.
    static let quantizationTypes: [LayerType] = [
        LayerType("Cast", [.int(0, "type_from"), .int(1, "type_to")]),
        LayerType(
            "Dequantize", [.int(0, "scale_data_size", 1), .int(1, "bias_data_size")],
            weights: [
                .plain("scale_data", "scale_data_size"),
                .plain("bias_data", "bias_data_size", when: .isSet("bias_data_size")),
            ]),
        LayerType("Quantize", [.int(0, "scale_data_size", 1)], weights: [.plain("scale_data", "scale_data_size")]),
        LayerType(
            "Requantize",
            [
                .int(0, "scale_in_data_size", 1), .int(1, "scale_out_data_size", 1), .int(2, "bias_data_size"),
                .int(3, "activation_type"), .floats(4, "activation_params"),
            ],
            weights: [
                .plain("scale_in_data", "scale_in_data_size"), .plain("scale_out_data", "scale_out_data_size"),
                .plain("bias_data", "bias_data_size", when: .isSet("bias_data_size")),
            ]),
    ]
}
