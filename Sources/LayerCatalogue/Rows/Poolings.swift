extension LayerCatalogue {
    /// Pooling over windows and over regions.
    static let poolingTypes: [LayerType] = [
        LayerType(
            "Pooling",
            pooling + [
                .int(11, "kernel_h", .same("kernel_w")), .int(12, "stride_h", .same("stride_w")),
                .int(13, "pad_top", .same("pad_left")), .int(15, "pad_bottom", .same("pad_top")),
                .int(18, "out_h", .same("out_w")),
            ]),
        LayerType("Pooling1D", pooling),
        LayerType(
            "Pooling3D",
            pooling + [
                .int(11, "kernel_h", .same("kernel_w")), .int(21, "kernel_d", .same("kernel_w")),
                .int(12, "stride_h", .same("stride_w")), .int(22, "stride_d", .same("stride_w")),
                .int(13, "pad_top", .same("pad_left")), .int(15, "pad_bottom", .same("pad_top")),
                .int(23, "pad_front", .same("pad_left")), .int(16, "pad_behind", .same("pad_front")),
                .int(18, "out_h", .same("out_w")), .int(28, "out_d", .same("out_w")),
            ]),
        LayerType("SPP", [.int(0, "pooling_type"), .int(1, "pyramid_height", 1)]),
        LayerType(
            "PSROIPooling",
            [
                .int(0, "pooled_width", 7), .int(1, "pooled_height", 7), .float(2, "spatial_scale", 0.0625),
                .int(3, "output_dim"),
            ]),
        LayerType("ROIAlign", region + [.int(3, "sampling_ratio"), .int(4, "aligned"), .int(5, "version")]),
        LayerType("ROIPooling", region),
    ]

    private static let pooling: [ParamSpec] = [
        .int(0, "pooling_type"), .int(1, "kernel_w"), .int(2, "stride_w", 1),
        .int(3, "pad_left"), .int(14, "pad_right", .same("pad_left")),
        .int(4, "global_pooling"), .int(5, "pad_mode"), .int(6, "avgpool_count_include_pad"),
        .int(7, "adaptive_pooling"), .int(8, "out_w"),
    ]

    private static let region: [ParamSpec] = [
        .int(0, "pooled_width"), .int(1, "pooled_height"), .float(2, "spatial_scale", 1),
    ]
}
