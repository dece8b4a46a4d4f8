extension Operators {
    /// Matrix products and look-ups.
    static let matrixOperators: [OperatorType] = [
        OperatorType("MatMul") { MatMul(isTransposed: try $0.flag("transB")) },
        OperatorType("Gemm") { try Gemm($0) },
        OperatorType("Einsum") { try Einsum($0) },
        OperatorType("Embed") { try Embed($0) },
    ]
}
