extension LayerCatalogue {
    /// Activation functions.
    static let activationTypes: [LayerType] = [
        LayerType("BNLL"),
        LayerType("CELU", [.float(0, "alpha", 1)]),
        LayerType(
            "Clip", [.float(0, "min", -.greatestFiniteMagnitude), .float(1, "max", .greatestFiniteMagnitude)]),
        LayerType("ELU", [.float(0, "alpha", 0.1)]),
        LayerType("GELU", [.int(0, "fast_gelu")]),
        LayerType("GLU", [.int(0, "axis")]),
        LayerType("HardSigmoid", [.float(0, "alpha", 0.2), .float(1, "beta", 0.5)]),
        LayerType("HardSwish", [.float(0, "alpha", 0.2), .float(1, "beta", 0.5)]),
        LayerType("Mish"),
        LayerType("PReLU", [.int(0, "num_slope")], weights: [.plain("slope_data", "num_slope")]),
        LayerType("ReLU", [.float(0, "slope")]),
        LayerType("SELU", [.float(0, "alpha", 1.673_263_24), .float(1, "lambda", 1.050_700_987)]),
        LayerType("Shrink", [.float(0, "bias"), .float(1, "lambd", 0.5)]),
        LayerType("Sigmoid"),
        LayerType("Softmax", [.int(0, "axis"), .int(1, "fixbug0")]),
        LayerType("Softplus"),
        LayerType("Swish"),
        LayerType("TanH"),
        LayerType("Threshold", [.float(0, "threshold")]),
    ]
}
