extension LayerCatalogue {
    /// Normalizations and the scalings that go with them.
    static let normalizationTypes: [LayerType] = [
        LayerType(
            "BatchNorm", [.int(0, "channels"), .float(1, "eps")],
            weights: [
                .plain("slope_data", "channels"), .plain("mean_data", "channels"), .plain("var_data", "channels"),
                .plain("bias_data", "channels"),
            ]),
        LayerType("Bias", [.int(0, "bias_data_size")], weights: [.plain("bias_data", "bias_data_size")]),
        LayerType(
            "GroupNorm", [.int(0, "group", 1), .int(1, "channels"), .float(2, "eps", 0.001), .int(3, "affine", 1)],
            weights: gammaAndBeta("channels")),
        LayerType(
            "InstanceNorm", [.int(0, "channels"), .float(1, "eps", 0.001), .int(2, "affine", 1)],
            weights: gammaAndBeta("channels")),
        LayerType(
            "LayerNorm", [.int(0, "affine_size"), .float(1, "eps", 0.001), .int(2, "affine", 1)],
            weights: gammaAndBeta("affine_size")),
        LayerType(
            "LRN",
            [
                .int(0, "region_type"), .int(1, "local_size", 5), .float(2, "alpha", 1), .float(3, "beta", 0.75),
                .float(4, "bias", 1),
            ]),
        LayerType("MVN", [.int(0, "normalize_variance"), .int(1, "across_channels"), .float(2, "eps", 0.0001)]),
        LayerType(
            "Normalize",
            [
                .int(0, "across_spatial"), .int(1, "channel_shared"), .float(2, "eps", 0.0001),
                .int(3, "scale_data_size"), .int(4, "across_channel", 1), .int(9, "eps_mode"),
            ],
            weights: [.plain("scale_data", "scale_data_size")]),
        LayerType(
            "RMSNorm", [.int(0, "affine_size"), .float(1, "eps", 0.001), .int(2, "affine", 1)],
            weights: [.plain("gamma_data", "affine_size", when: .isSet("affine"))]),
        LayerType(
            "Scale", [.int(0, "scale_data_size"), .int(1, "bias_term")],
            // -233 says that the scale is a second input.
            weights: [
                .plain("scale_data", "scale_data_size", when: .not(.equals("scale_data_size", -233))),
                .plain(
                    "bias_data", "scale_data_size",
                    when: .all([.not(.equals("scale_data_size", -233)), .isSet("bias_term")])),
            ]),
    ]

    private static func gammaAndBeta(_ count: Count) -> [WeightSpec] {
        [.plain("gamma_data", count, when: .isSet("affine")), .plain("beta_data", count, when: .isSet("affine"))]
    }
}
