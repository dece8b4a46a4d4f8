import Glibc

/// What the two short-time Fourier transforms share: frames, their window, and the waves they are compared with.
struct FourierFrames: Sendable {
    /// Elements of a frame.
    let size: Int
    /// From one frame's begin to the next.
    let hop: Int
    /// Whether frames are centred on their positions, so that the first reaches beyond the begin.
    let isCentred: Bool
    let window: [Float]
    /// What spectra are divided by.
    let norm: Float

    /// Far above any audio model; the transforms cost its square.
    private static let largestSize = 1 << 14

    init(_ source: LayerSource) throws {
        let (size, hop) = (try source.int("n_fft"), try source.int("hoplen"))
        guard (1...Self.largestSize).contains(size), hop > 0 else {
            throw Misfit("n_fft is \(size) and hoplen \(hop), wanted at least 1, and n_fft at most \(Self.largestSize)")
        }
        let window = try Self.window(type: source.int("window_type"), length: source.int("winlen"), size: size)
        let norms = [1, Float(size).squareRoot(), window.reduce(0) { $0 + $1 * $1 }.squareRoot()]
        let normalized = try source.int("normalized")
        guard norms.indices.contains(normalized) else { throw Misfit("normalized is \(normalized), wanted 0, 1 or 2") }
        self.size = size
        self.hop = hop
        self.isCentred = try source.flag("center")
        self.window = window
        self.norm = norms[normalized]
    }

    /// A window in the middle of a frame: all ones, Hann or Hamming.
    private static func window(type: Int, length: Int, size: Int) throws -> [Float] {
        let shapes: [(Double) -> Float] = [
            { _ in 1 },
            { 0.5 * (1 - cosf(Float($0))) },
            { 0.54 - 0.46 * cosf(Float($0)) },
        ]
        guard shapes.indices.contains(type) else { throw Misfit("window_type is \(type), wanted 0, 1 or 2") }
        guard (1...size).contains(length) else { throw Misfit("winlen is \(length), wanted 1 to n_fft, \(size)") }
        var window = [Float](repeating: 0, count: size)
        for index in 0..<length {
            window[(size - length) / 2 + index] = shapes[type](2 * Double.pi * Double(index) / Double(length))
        }
        return window
    }

    /// Cosine and sine of a frequency over a frame; the angle is rounded to a float before, as the runtime does it.
    func wave(_ frequency: Int) -> [(cosine: Float, sine: Float)] {
        (0..<size).map { index in
            let angle = Float(2 * Double.pi * Double(frequency) * Double(index) / Double(size))
            return (cosf(angle), sinf(angle))
        }
    }

    /// Number of frequencies that say all of a real signal.
    var halfCount: Int { size / 2 + 1 }
}
