import Glibc
import Numerics

/// Each element divided by a power of the mean square around it (ncnn src/layer/lrn.cpp at a4d2ea1d).
struct LocalResponse: Operator {
    private let isWithinChannel: Bool
    private let size: Int
    private let alpha: Float
    private let beta: Float
    private let bias: Float

    init(_ source: LayerSource) throws {
        let region = try source.int("region_type")
        guard region == 0 || region == 1 else { throw Misfit("region_type is \(region), wanted 0 or 1") }
        let size = try source.int("local_size")
        guard size > 0 else { throw Misfit("local_size is \(size), wanted at least 1") }
        self.isWithinChannel = region == 1
        self.size = size
        self.alpha = try source.float("alpha")
        self.beta = try source.float("beta")
        self.bias = try source.float("bias")
    }

    func run(_ bottoms: [Tensor]) throws -> [Tensor] {
        let bottom = try bottoms.bottom(0)
        guard (1...3).contains(bottom.axisCount) else {
            throw Misfit("the bottom's shape is \(bottom.shape), wanted 1 to 3 axes")
        }
        let top = try Tensor(floats: bottom.shape) { out in
            try bottom.withFloats { values in
                Threads.each(bottom.channels) { channel in
                    if isWithinChannel {
                        within(channel, values, bottom, into: out)
                    } else {
                        across(channel, values, bottom, into: out)
                    }
                }
            }
        }
        return [top]
    }

    private func across(
        _ channel: Int, _ values: UnsafeBufferPointer<Float>, _ bottom: Tensor,
        into out: UnsafeMutableBufferPointer<Float>
    ) {
        let count = bottom.count / bottom.channels
        // Of an even size the larger half lies before; the source still reached as far to both sides.
        let before = size / 2
        let neighbours = max(channel - before, 0)...min(channel + size - before - 1, bottom.channels - 1)
        for index in 0..<count {
            var sum: Float = 0
            for neighbour in neighbours {
                let value = values[neighbour * count + index]
                sum += value * value
            }
            let own = channel * count + index
            out[own] = values[own] * powf(bias + alpha / Float(size) * sum, -beta)
        }
    }

    private func within(
        _ channel: Int, _ values: UnsafeBufferPointer<Float>, _ bottom: Tensor,
        into out: UnsafeMutableBufferPointer<Float>
    ) {
        let (height, width) = (bottom.height, bottom.width)
        let start = channel * height * width
        let before = size / 2
        let after = size - before - 1
        let share = alpha / (Float(size) * Float(size))
        for y in 0..<height {
            for x in 0..<width {
                var sum: Float = 0
                for row in max(y - before, 0)...min(y + after, height - 1) {
                    for column in max(x - before, 0)...min(x + after, width - 1) {
                        let value = values[start + row * width + column]
                        sum += value * value
                    }
                }
                let own = start + y * width + x
                out[own] = values[own] * powf(bias + share * sum, -beta)
            }
        }
    }
}
