extension LayerCatalogue {
    /// Element by element arithmetic, reductions, and layers that only pass on.
    static let arithmeticTypes: [LayerType] = [
        LayerType("AbsVal"),
        LayerType("ArgMax", [.int(0, "out_max_val"), .int(1, "topk", 1)]),
        LayerType("BinaryOp", [.int(0, "op_type"), .int(1, "with_scalar"), .float(2, "b")]),
        LayerType("CumulativeSum", [.int(0, "axis")]),
        LayerType("DeepCopy"),
        LayerType("Dropout", [.float(0, "scale", 1)]),
        LayerType("Eltwise", [.int(0, "op_type"), .floats(1, "coeffs")]),
        LayerType("Erf"),
        LayerType("Exp", baseScaleShift),
        LayerType("Log", baseScaleShift),
        LayerType("Noop"),
        LayerType("Power", [.float(0, "power", 1), .float(1, "scale", 1), .float(2, "shift")]),
        LayerType(
            "Reduction",
            [
                .int(0, "operation"), .int(1, "reduce_all", 1), .float(2, "coeff", 1), .ints(3, "axes"),
                .int(4, "keepdims"), .int(5, "fixbug0"),
            ]),
        LayerType("Split"),
        LayerType("StatisticsPooling", [.int(0, "include_stddev")]),
        LayerType("UnaryOp", [.int(0, "op_type")]),
    ]

    private static let baseScaleShift: [ParamSpec] = [
        .float(0, "base", -1), .float(1, "scale", 1), .float(2, "shift"),
    ]
}
