import Numerics

/// Noise for each input blob of a model.
///
/// Pictures (three axes and more) are smooth fields of both signs. On the digits models their output SQNR (22, 29, 33 and,
/// with the ruined table, 0 dB) is within 4 dB of what real images give (19, 26, 33 and 0 dB); in the trials white noise was
/// 12 dB off, and fields without negative values 10 dB. Other tensors have no neighbourhood and get white noise.
struct SyntheticInputs: Sendable {
    /// An input blob with the shape it gets.
    struct Input: Hashable, Sendable {
        let blob: String
        let extents: [Int]
        /// For a blob of whole numbers, what they stay below.
        let limit: Int?
    }

    let inputs: [Input]
    let seed: UInt64

    /// A tensor for each input, from `-amplitude` to `amplitude`.
    func sample(_ index: Int, amplitude: Float) throws -> [String: Tensor] {
        var tensors: [String: Tensor] = [:]
        for (stream, input) in inputs.enumerated() {
            var noise = Noise(seed: seed &+ UInt64(truncatingIfNeeded: index), stream: stream)
            let count = try Tensor.count(of: input.extents)
            if let limit = input.limit {
                let indexes = (0..<count).map { _ in Int32(clamping: noise.index(below: limit)) }
                tensors[input.blob] = try Tensor(input.extents, .int32(indexes))
                continue
            }
            tensors[input.blob] = try Tensor(floats: input.extents) { out in
                if input.extents.count < 3 {
                    for element in out.indices { out[element] = (2 * noise.unit() - 1) * amplitude }
                } else {
                    let width = input.extents[input.extents.count - 1]
                    let area = width * input.extents[input.extents.count - 2]
                    for plane in 0..<count / area {
                        let field = UnsafeMutableBufferPointer(rebasing: out[plane * area..<(plane + 1) * area])
                        Self.fill(field, width: width, amplitude: amplitude, from: &noise)
                    }
                }
            }
        }
        return tensors
    }

    /// Number of fields that a picture is wide and high.
    private static let grid = 4

    /// A smooth field: random knots on a coarse grid, and straight lines between them.
    private static func fill(
        _ field: UnsafeMutableBufferPointer<Float>, width: Int, amplitude: Float, from noise: inout Noise
    ) {
        let row = grid + 1
        let knots = (0..<row * row).map { _ in (2 * noise.unit() - 1) * amplitude }
        let height = field.count / width
        var element = 0
        for y in 0..<height {
            let (top, down) = place(y, of: height)
            for x in 0..<width {
                let (left, across) = place(x, of: width)
                let knot = top * row + left
                let upper = knots[knot] * (1 - across) + knots[knot + 1] * across
                let lower = knots[knot + row] * (1 - across) + knots[knot + row + 1] * across
                field[element] = upper * (1 - down) + lower * down
                element += 1
            }
        }
    }

    /// Between which knots a place lies, and how far behind the first one.
    private static func place(_ index: Int, of extent: Int) -> (knot: Int, part: Float) {
        let (knot, rest) = (index * grid).quotientAndRemainder(dividingBy: extent)
        return (knot, Float(rest) / Float(extent))
    }
}
