import Numerics

/// The spectra of a signal's frames (ncnn src/layer/spectrogram.cpp at a4d2ea1d).
struct Spectrogram: Operator {
    private let frames: FourierFrames
    /// 0 for the spectrum itself, 1 for its magnitude, 2 for the magnitude's square.
    private let power: Int
    private let padType: Int
    private let isOneSided: Bool

    init(_ source: LayerSource) throws {
        frames = try FourierFrames(source)
        power = try source.int("power")
        padType = try source.int("pad_type")
        isOneSided = try source.flag("onesided")
        guard (0...2).contains(power), (0...2).contains(padType) else {
            throw Misfit("power is \(power) and pad_type \(padType), wanted 0, 1 or 2")
        }
    }

    func run(_ bottoms: [Tensor]) throws -> [Tensor] {
        let bottom = try bottoms.bottom(0)
        guard bottom.axisCount > 0, bottom.count == bottom.width else {
            throw Misfit("the bottom's shape is \(bottom.shape), wanted one row")
        }
        let signal = try padded(bottom.floats())
        guard signal.count >= frames.size else {
            throw Misfit("the signal has \(signal.count) elements with its border, wanted at least \(frames.size)")
        }
        let count = (signal.count - frames.size) / frames.hop + 1
        let frequencies = isOneSided ? frames.halfCount : frames.size
        let shape = [frequencies, count] + (power == 0 ? [2] : [])
        let top = try Tensor(floats: shape) { out in
            Threads.each(frames.halfCount) { frequency in
                let wave = frames.wave(frequency)
                // The spectrum of a real signal is its own mirror image, conjugated.
                let mirror = frames.size - frequency
                let hasMirror = !isOneSided && frequency > 0 && mirror >= frames.halfCount
                for frame in 0..<count {
                    let (real, imaginary) = spectrum(signal, from: frame * frames.hop, wave)
                    put(real, imaginary, at: frequency * count + frame, into: out)
                    if hasMirror { put(real, -imaginary, at: mirror * count + frame, into: out) }
                }
            }
        }
        return [top]
    }

    private func spectrum(
        _ signal: [Float], from start: Int, _ wave: [(cosine: Float, sine: Float)]
    ) -> (real: Float, imaginary: Float) {
        var (real, imaginary) = (Float(0), Float(0))
        for index in wave.indices {
            let value = signal[start + index] * frames.window[index]
            real += value * wave[index].cosine
            imaginary -= value * wave[index].sine
        }
        return (real / frames.norm, imaginary / frames.norm)
    }

    private func put(_ real: Float, _ imaginary: Float, at index: Int, into out: UnsafeMutableBufferPointer<Float>) {
        switch power {
        case 0:
            out[index * 2] = real
            out[index * 2 + 1] = imaginary
        case 1: out[index] = (real * real + imaginary * imaginary).squareRoot()
        default: out[index] = real * real + imaginary * imaginary
        }
    }

    /// The signal with half a frame before and behind it: zeros, its ends, or its mirror image.
    private func padded(_ signal: [Float]) throws -> [Float] {
        guard frames.isCentred else { return signal }
        let border = frames.size / 2
        let last = signal.count - 1
        switch padType {
        case 0:
            let zeros = [Float](repeating: 0, count: border)
            return zeros + signal + zeros
        case 1:
            return [Float](repeating: signal[0], count: border) + signal
                + [Float](repeating: signal[last], count: border)
        default:
            guard border <= last else {
                throw Misfit("the bottom has \(signal.count) elements, too few to mirror \(border) of them")
            }
            return signal[0...border].dropFirst().reversed() + signal + signal[(last - border)..<last].reversed()
        }
    }
}
