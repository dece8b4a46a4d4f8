import Numerics

/// The signal of overlapping spectra (ncnn src/layer/inversespectrogram.cpp at a4d2ea1d).
struct InverseSpectrogram: Operator {
    private let frames: FourierFrames
    /// 0 for complex numbers, 1 for their real, 2 for their imaginary parts.
    private let returns: Int

    init(_ source: LayerSource) throws {
        frames = try FourierFrames(source)
        returns = try source.int("returns")
        guard (0...2).contains(returns) else { throw Misfit("returns is \(returns), wanted 0, 1 or 2") }
    }

    func run(_ bottoms: [Tensor]) throws -> [Tensor] {
        let bottom = try bottoms.bottom(0)
        let size = frames.size
        let frequencies = bottom.channels
        guard
            bottom.axisCount == 3, bottom.width == 2, frequencies == size || frequencies == frames.halfCount
        else {
            throw Misfit(
                "the bottom's shape is \(bottom.shape), wanted pairs of \(size) or \(frames.halfCount) channels")
        }
        let count = bottom.height
        let border = frames.isCentred ? size / 2 : 0
        let length = (count - 1) * frames.hop + (frames.isCentred ? size % 2 : size)
        let spectra = try bottom.floats()
        // Beyond half, a real signal's spectrum is the mirror image, conjugated.
        let isHalf = frequencies == frames.halfCount
        func spectrum(_ frequency: Int, _ frame: Int) -> (real: Float, imaginary: Float) {
            let isMirrored = isHalf && frequency >= frames.halfCount
            let start = ((isMirrored ? size - frequency : frequency) * count + frame) * 2
            return (spectra[start] * frames.norm, (isMirrored ? -1 : 1) * spectra[start + 1] * frames.norm)
        }

        let top = try Tensor(floats: returns == 0 ? [length, 2] : [length]) { out in
            var weights = [Float](repeating: 0, count: length)
            for index in 0..<size {
                let wave = frames.wave(index)
                let window = frames.window[index]
                for frame in 0..<count {
                    let target = frame * frames.hop + index - border
                    guard (0..<length).contains(target) else { continue }
                    var (real, imaginary) = (Float(0), Float(0))
                    for frequency in 0..<size {
                        let value = spectrum(frequency, frame)
                        let (cosine, sine) = wave[frequency]
                        real += value.real * cosine - value.imaginary * sine
                        imaginary += value.real * sine + value.imaginary * cosine
                    }
                    weights[target] += window * window
                    add(real / Float(size) * window, imaginary / Float(size) * window, at: target, to: out)
                }
            }
            // Where frames overlap, their windows' squares add up.
            let parts = returns == 0 ? 2 : 1
            for index in out.indices where weights[index / parts] != 0 { out[index] /= weights[index / parts] }
        }
        return [top]
    }

    private func add(_ real: Float, _ imaginary: Float, at index: Int, to out: UnsafeMutableBufferPointer<Float>) {
        switch returns {
        case 0:
            out[index * 2] += real
            out[index * 2 + 1] += imaginary
        case 1: out[index] += real
        default: out[index] += imaginary
        }
    }
}
