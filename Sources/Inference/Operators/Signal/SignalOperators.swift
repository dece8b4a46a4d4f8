extension Operators {
    /// Short-time Fourier transforms.
    static let signalOperators: [OperatorType] = [
        OperatorType("Spectrogram") { try Spectrogram($0) },
        OperatorType("InverseSpectrogram") { try InverseSpectrogram($0) },
    ]
}
