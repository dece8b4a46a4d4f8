extension LayerCatalogue {
    /// Inputs, constants, and layers that move elements without changing them.
    static let shapeTypes: [LayerType] = [
        LayerType("Concat", [.int(0, "axis")]),
        LayerType("CopyTo", offsets + [.ints(9, "starts"), .ints(11, "axes")]),
        LayerType(
            "Crop",
            offsets + [
                .int(3, "outw"), .int(4, "outh"), .int(14, "outd"), .int(5, "outc"),
                .int(6, "woffset2"), .int(7, "hoffset2"), .int(15, "doffset2"), .int(8, "coffset2"),
                .ints(9, "starts"), .ints(10, "ends"), .ints(11, "axes"),
                .string(19, "starts_expr"), .string(20, "ends_expr"), .string(21, "axes_expr"),
            ]),
        LayerType("Diag", [.int(0, "diagonal")]),
        LayerType("ExpandDims", [.ints(3, "axes")]),
        LayerType("Flatten"),
        LayerType("Flip", [.ints(0, "axes")]),
        LayerType("Fold", kernel2D + [.int(20, "output_w"), .int(21, "output_h", .same("output_w"))]),
        LayerType(
            "GridSample",
            [
                .int(0, "sample_type", 1), .int(1, "padding_mode", 1), .int(2, "align_corner"),
                .int(3, "permute_fusion"),
            ]),
        LayerType("Input", extents),
        LayerType(
            "Interp",
            [
                .int(0, "resize_type"), .float(1, "height_scale", 1), .float(2, "width_scale", 1),
                .int(3, "output_height"), .int(4, "output_width"), .int(5, "dynamic_target_size"),
                .int(6, "align_corner"), .string(9, "size_expr"),
            ]),
        LayerType(
            "MemoryData", extents + [.int(21, "load_type", 1)],
            weights: [.tagged(if: .isZero("load_type"), "data", extent, when: .not(.equals(extent, 0)))]),
        LayerType(
            "Packing",
            [.int(0, "out_elempack", 1), .int(1, "use_padding"), .int(2, "cast_type_from"), .int(3, "cast_type_to")]),
        LayerType(
            "Padding",
            [
                .int(0, "top"), .int(1, "bottom"), .int(2, "left"), .int(3, "right"), .int(4, "type"),
                .float(5, "value"), .int(6, "per_channel_pad_data_size"), .int(7, "front"), .int(8, "behind"),
            ],
            weights: [
                .plain(
                    "per_channel_pad_data", "per_channel_pad_data_size", when: .isSet("per_channel_pad_data_size"))
            ]),
        LayerType("Permute", [.int(0, "order_type")]),
        LayerType("PixelShuffle", [.int(0, "upscale_factor", 1), .int(1, "mode")]),
        LayerType("Reorg", [.int(0, "stride", 1), .int(1, "mode")]),
        LayerType(
            "Reshape",
            [
                .int(0, "w", -233), .int(1, "h", -233), .int(11, "d", -233), .int(2, "c", -233),
                .string(6, "shape_expr"), .int(12, "input_batch_axis", 233), .int(13, "output_batch_axis", 233),
            ]),
        LayerType("ShuffleChannel", [.int(0, "group", 1), .int(1, "reverse")]),
        LayerType("Slice", [.ints(0, "slices"), .int(1, "axis"), .ints(2, "indices")]),
        LayerType(
            "Squeeze",
            [
                .int(0, "squeeze_w"), .int(1, "squeeze_h"), .int(11, "squeeze_d"), .int(2, "squeeze_c"),
                .ints(3, "axes"),
            ]),
        LayerType("Tile", [.int(0, "axis"), .int(1, "tiles", 1), .ints(2, "repeats")]),
        LayerType("Unfold", kernel2D + [.float(18, "pad_value")]),
    ]

    private static let extents: [ParamSpec] = [.int(0, "w"), .int(1, "h"), .int(11, "d"), .int(2, "c")]

    private static let offsets: [ParamSpec] = [
        .int(0, "woffset"), .int(1, "hoffset"), .int(13, "doffset"), .int(2, "coffset"),
    ]

    /// Elements of a constant: the highest axis that is set decides how many extents count.
    private static let extent: Count = .either(
        .isSet("d"), "w" * "h" * "d" * "c",
        otherwise: .either(.isSet("c"), "w" * "h" * "c", otherwise: .either(.isSet("h"), "w" * "h", otherwise: "w")))
}
