extension Operators {
    /// Convolutions of one, two and three dimensions.
    static let convolutionOperators: [OperatorType] = [
        convolution("Convolution", .two, [.padValue, .int8, .dynamic]),
        convolution("ConvolutionDepthWise", .two, [.padValue, .grouped, .int8, .dynamic]),
        convolution("Convolution1D", .one, [.padValue, .dynamic]),
        convolution("ConvolutionDepthWise1D", .one, [.padValue, .grouped, .dynamic]),
        convolution("Convolution3D", .three, [.padValue]),
        convolution("ConvolutionDepthWise3D", .three, [.padValue, .grouped]),
        OperatorType("DeformableConv2D") { try DeformableConvolution($0) },
    ]

    private static func convolution(
        _ name: String, _ rank: SpatialRank, _ traits: Convolution.Traits
    ) -> OperatorType {
        OperatorType(name) { try Convolution($0, rank, traits) }
    }
}
