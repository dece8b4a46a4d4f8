import Numerics

extension Operators {
    /// Attention and what goes with it.
    static let attentionOperators: [OperatorType] = [
        OperatorType("MultiHeadAttention") { try MultiHeadAttention($0) },
        OperatorType("SDPA") { try ScaledDotProductAttention($0) },
        .function("RotaryEmbed") { source in
            let isInterleaved = try source.flag("interleaved")
            return { bottoms in
                [try rotated(bottoms.bottom(0), bottoms.bottom(1), bottoms.bottom(2), isInterleaved: isInterleaved)]
            }
        },
    ]

    /// Pairs of elements turned by the angles of their row (ncnn src/layer/rotaryembed.cpp at a4d2ea1d).
    ///
    /// A pair are neighbours where it is interleaved, else an element and the one half a row behind it.
    private static func rotated(
        _ bottom: Tensor, _ cosines: Tensor, _ sines: Tensor, isInterleaved: Bool
    ) throws -> Tensor {
        let (rows, width) = (bottom.height, bottom.width)
        let half = width / 2
        guard (1...3).contains(bottom.axisCount), width.isMultiple(of: 2) else {
            throw Misfit("the bottom's shape is \(bottom.shape), wanted rows of pairs")
        }
        for angles in [cosines, sines] where angles.isEmpty || angles.height < rows || angles.width < half {
            throw Misfit("the angles' shape is \(angles.shape), wanted at least \([rows, half])")
        }
        return try Tensor(floats: bottom.shape) { out in
            let (values, cosineValues, sineValues) = (try bottom.floats(), try cosines.floats(), try sines.floats())
            Threads.each(bottom.channels * rows) { line in
                let row = line % rows
                for pair in 0..<half {
                    let first = line * width + (isInterleaved ? pair * 2 : pair)
                    let second = first + (isInterleaved ? 1 : half)
                    let cosine = cosineValues[row * cosines.width + pair]
                    let sine = sineValues[row * sines.width + pair]
                    out[first] = values[first] * cosine - values[second] * sine
                    out[second] = values[first] * sine + values[second] * cosine
                }
            }
        }
    }
}
