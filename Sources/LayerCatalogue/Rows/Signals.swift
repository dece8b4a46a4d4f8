extension LayerCatalogue {
    /// Short-time Fourier transforms.
    static let signalTypes: [LayerType] = [
        LayerType(
            "Spectrogram",
            frames + [.int(1, "power"), .int(6, "pad_type", 2), .int(8, "onesided", 1)]),
        LayerType("InverseSpectrogram", frames + [.int(1, "returns")]),
    ]

    private static let frames: [ParamSpec] = [
        .int(0, "n_fft"), .int(2, "hoplen", .quotient("n_fft", by: 4)), .int(3, "winlen", .same("n_fft")),
        .int(4, "window_type"), .int(5, "center", 1), .int(7, "normalized"),
    ]
}
