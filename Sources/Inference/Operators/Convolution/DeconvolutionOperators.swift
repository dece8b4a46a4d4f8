extension Operators {
    /// Transposed convolutions.
    static let deconvolutionOperators: [OperatorType] = [
        deconvolution("Deconvolution", .two, [.dynamic]),
        deconvolution("DeconvolutionDepthWise", .two, [.grouped, .dynamic]),
        deconvolution("Deconvolution1D", .one, [.dynamic]),
        deconvolution("DeconvolutionDepthWise1D", .one, [.grouped, .dynamic]),
        deconvolution("Deconvolution3D", .three, []),
        deconvolution("DeconvolutionDepthWise3D", .three, [.grouped]),
    ]

    private static func deconvolution(
        _ name: String, _ rank: SpatialRank, _ traits: Convolution.Traits
    ) -> OperatorType {
        OperatorType(name) { try Deconvolution($0, rank, traits) }
    }
}
