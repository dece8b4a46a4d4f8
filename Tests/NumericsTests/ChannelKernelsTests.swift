import Numerics
import Testing

/// Channels side by side must give what the reference gives for each alone, to the bit.
@Suite("channels side by side")
struct ChannelKernelsTests {
    @Test(
        "a kernel for each channel gives the reference's sums and writes nothing else",
        arguments: [1, 2, 7, 8, 9, 15, 16])
    func slide(_ channels: Int) {
        for (rows, columns) in [(1, 1), (1, 7), (2, 4), (3, 3), (7, 7), (4, 14), (5, 17)] {
            for (kernel, step) in [(1, 1), (2, 1), (3, 1), (3, 2), (5, 1), (8, 1)] {
                let sweep = Sweep(channels: channels, rows: rows, columns: columns, kernel: kernel, step: step)
                for set in InstructionSet.present {
                    for activation in ProductKernelsTests.activations {
                        let fast = sweep.places(ChannelKernels(set), activation)
                        #expect(fast == sweep.places(.reference(set), activation), "\(set), \(sweep)")
                    }
                }
            }
        }
    }

    /// A square kernel with a border of one line before the first and as much as it needs behind the last.
    struct Sweep {
        let channels: Int
        let rows: Int
        let columns: Int
        let kernel: Int
        let step: Int

        /// Places behind which a number stands that no kernel may touch.
        func places(_ kernels: ChannelKernels, _ activation: SumActivation) -> [UInt32] {
            let width = columns * step + kernel
            let (height, inner) = (rows * step + kernel, width - 2)
            let positions = (0..<max(height - 2, 0) * max(inner, 0)).map { ($0 / inner + 1) * width + $0 % inner + 1 }
            let distances = (0..<kernel * kernel).map { $0 / kernel * width + $0 % kernel }
            let input = numbers(channels * positions.count)
            let (weights, starts) = (numbers(channels * distances.count), numbers(channels))
            var room = [Float](repeating: .nan, count: height * width * ChannelKernels.channels)
            var out = [Float](repeating: 99, count: channels * rows * columns + 1)
            let plane = SlidingPlane(rows: rows, rowStride: step * width, columns: columns)
            room.withUnsafeMutableBufferPointer { room in
                positions.withUnsafeBufferPointer { positions in
                    distances.withUnsafeBufferPointer { distances in
                        kernels.slide(
                            input, channels, positions, 0.25, distances, plane, weights, starts, activation, room, &out)
                    }
                }
            }
            return out.map(\.bitPattern)
        }

        private func numbers(_ count: Int) -> [Float] { (0..<count).map { Float($0 * 37 % 251) / 50 - 2.5 } }
    }
}
