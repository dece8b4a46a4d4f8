extension LayerCatalogue {
    /// Convolutions and transposed convolutions of one, two and three dimensions.
    static let convolutionTypes: [LayerType] = [
        LayerType(
            "Convolution", convolution2D + padValue + int8Term + dynamicWeight,
            weights: filter(unless: "dynamic_weight") + [
                .plain("weight_data_int8_scales", "num_output", when: .isSet("int8_scale_term")),
                .plain("bottom_blob_int8_scales", 1, when: .isSet("int8_scale_term")),
                .plain("top_blob_int8_scales", 1, when: .above("int8_scale_term", 100)),
            ],
            int8: filterInInt8(term: 2)),
        LayerType(
            "ConvolutionDepthWise", convolution2D + padValue + group + int8Term + dynamicWeight,
            weights: filter(unless: "dynamic_weight") + [
                // Term 1 stores a scale for each group, term 2 one for all.
                .plain("weight_data_int8_scales", "group", when: remainderOfTerm(1)),
                .plain("weight_data_int8_scales", 1, when: remainderOfTerm(2)),
                .plain("bottom_blob_int8_scales", 1, when: .isSet("int8_scale_term")),
                .plain("top_blob_int8_scales", 1, when: .above("int8_scale_term", 100)),
            ],
            int8: filterInInt8(term: 1)),
        LayerType("Convolution1D", convolution1D + padValue + dynamicWeight, weights: filter(unless: "dynamic_weight")),
        LayerType(
            "ConvolutionDepthWise1D", convolution1D + padValue + group + dynamicWeight,
            weights: filter(unless: "dynamic_weight")),
        LayerType("Convolution3D", convolution3D + padValue, weights: filter()),
        LayerType("ConvolutionDepthWise3D", convolution3D + padValue + group, weights: filter()),
        LayerType("DeformableConv2D", convolution2D, weights: filter()),
        LayerType(
            "Deconvolution", convolution2D + output2D + dynamicWeight28, weights: filter(unless: "dynamic_weight")),
        LayerType(
            "DeconvolutionDepthWise", convolution2D + output2D + group + dynamicWeight28,
            weights: filter(unless: "dynamic_weight")),
        LayerType(
            "Deconvolution1D", convolution1D + output1D + dynamicWeight28, weights: filter(unless: "dynamic_weight")),
        LayerType(
            "DeconvolutionDepthWise1D", convolution1D + output1D + group + dynamicWeight28,
            weights: filter(unless: "dynamic_weight")),
        LayerType("Deconvolution3D", convolution3D + output3D, weights: filter()),
        LayerType("DeconvolutionDepthWise3D", convolution3D + output3D + group, weights: filter()),
    ]

    // MARK: Params that convolutions share

    static let kernel2D: [ParamSpec] = [
        .int(1, "kernel_w"), .int(11, "kernel_h", .same("kernel_w")),
        .int(2, "dilation_w", 1), .int(12, "dilation_h", .same("dilation_w")),
        .int(3, "stride_w", 1), .int(13, "stride_h", .same("stride_w")),
        .int(4, "pad_left"), .int(15, "pad_right", .same("pad_left")),
        .int(14, "pad_top", .same("pad_left")), .int(16, "pad_bottom", .same("pad_top")),
    ]

    private static let filterParams: [ParamSpec] = [
        .int(0, "num_output"), .int(5, "bias_term"), .int(6, "weight_data_size"),
        .int(9, "activation_type"), .floats(10, "activation_params"),
    ]

    private static let convolution1D: [ParamSpec] =
        filterParams + [
            .int(1, "kernel_w"), .int(2, "dilation_w", 1), .int(3, "stride_w", 1),
            .int(4, "pad_left"), .int(15, "pad_right", .same("pad_left")),
        ]

    private static let convolution2D: [ParamSpec] = filterParams + kernel2D

    private static let convolution3D: [ParamSpec] =
        filterParams + kernel2D + [
            .int(21, "kernel_d", .same("kernel_w")), .int(22, "dilation_d", .same("dilation_w")),
            .int(23, "stride_d", .same("stride_w")), .int(24, "pad_front", .same("pad_left")),
            .int(17, "pad_behind", .same("pad_front")),
        ]

    private static let output1D: [ParamSpec] = [.int(18, "output_pad_right"), .int(20, "output_w")]

    private static let output2D: [ParamSpec] = [
        .int(18, "output_pad_right"), .int(19, "output_pad_bottom", .same("output_pad_right")),
        .int(20, "output_w"), .int(21, "output_h", .same("output_w")),
    ]

    private static let output3D: [ParamSpec] = [
        .int(18, "output_pad_right"), .int(19, "output_pad_bottom", .same("output_pad_right")),
        .int(20, "output_pad_behind", .same("output_pad_right")),
        .int(25, "output_w"), .int(26, "output_h", .same("output_w")), .int(27, "output_d", .same("output_w")),
    ]

    private static let padValue: [ParamSpec] = [.float(18, "pad_value")]
    private static let group: [ParamSpec] = [.int(7, "group", 1)]
    private static let int8Term: [ParamSpec] = [.int(8, "int8_scale_term")]
    private static let dynamicWeight: [ParamSpec] = [.int(19, "dynamic_weight")]
    private static let dynamicWeight28: [ParamSpec] = [.int(28, "dynamic_weight")]

    // MARK: Weights that convolutions share

    /// A filter and its bias; neither is in the file where the weights are inputs of the layer.
    private static func filter(unless dynamic: String? = nil) -> [WeightSpec] {
        let stored = dynamic.map { Condition.isZero($0) } ?? .always
        return [
            .tagged("weight_data", "weight_data_size", when: stored),
            .plain("bias_data", "num_output", when: .all([stored, .isSet("bias_term")])),
        ]
    }

    private static func remainderOfTerm(_ term: Int) -> Condition {
        .any([.equals("int8_scale_term", .constant(term)), .equals("int8_scale_term", .constant(100 + term))])
    }

    private static func filterInInt8(term: Int) -> Int8Form {
        Int8Form(
            term: term,
            weights: [QuantizedWeight("weight_data", scales: "weight_data_int8_scales", from: .table, row: 0)],
            activationScale: "bottom_blob_int8_scales", topScale: "top_blob_int8_scales",
            unless: .isSet("dynamic_weight"))
    }
}
