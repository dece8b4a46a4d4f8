import Numerics
import TestSupport
import Testing

/// Convolutions against the formula itself, over shapes around the boundaries of panels, tiles and lines.
@Suite("convolutions against their formula")
struct ConvolutionTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var inputs = 3
        var outputs = 7
        var height = 5
        var width = 5
        var kernel = 3
        var dilation = 1
        var stride = 1
        var pad = 1
        var group = 1

        var testDescription: String {
            "\(inputs)x\(height)x\(width) to \(outputs), kernel \(kernel), dilation \(dilation), stride \(stride), "
                + "pad \(pad), \(group) groups"
        }

        /// Whether Winograd's algorithm is used.
        var isTiled: Bool { min(inputs, outputs) >= 16 && kernel == 3 && dilation == 1 && stride == 1 && group == 1 }

        var params: String {
            let size = outputs * inputs / group * kernel * kernel
            return "0=\(outputs) 1=\(kernel) 2=\(dilation) 3=\(stride) 4=\(pad) 5=1 6=\(size) 7=\(group)"
        }

        var places: (rows: Int, columns: Int) {
            let reach = dilation * (kernel - 1) + 1
            return ((height + 2 * pad - reach) / stride + 1, (width + 2 * pad - reach) / stride + 1)
        }

        /// Weights of each output, input and kernel element, and then a bias for each output.
        func numbers(seed: UInt64) -> (input: [Float], weights: [Float], bias: [Float]) {
            var generator = SeededGenerator(seed: seed)
            func some(_ count: Int) -> [Float] { (0..<count).map { _ in .random(in: -1...1, using: &generator) } }
            return (
                some(inputs * height * width), some(outputs * inputs / group * kernel * kernel), some(outputs)
            )
        }

        /// The sums as the formula has them, in double precision.
        func sums(_ input: [Float], _ weights: [Float], _ bias: [Float]) -> [Double] {
            let (rows, columns) = places
            let (groupInputs, groupOutputs) = (inputs / group, outputs / group)
            var sums: [Double] = []
            for output in 0..<outputs {
                for row in 0..<rows {
                    for column in 0..<columns {
                        var sum = Double(bias[output])
                        for channel in 0..<groupInputs {
                            for ky in 0..<kernel {
                                for kx in 0..<kernel {
                                    let y = row * stride + ky * dilation - pad
                                    let x = column * stride + kx * dilation - pad
                                    guard (0..<height).contains(y), (0..<width).contains(x) else { continue }
                                    let source = (output / groupOutputs * groupInputs + channel) * height + y
                                    let weight = ((output * groupInputs + channel) * kernel + ky) * kernel + kx
                                    sum += Double(input[source * width + x]) * Double(weights[weight])
                                }
                            }
                        }
                        sums.append(sum)
                    }
                }
            }
            return sums
        }
    }

    static let cases: [Case] =
        // Lines shorter and longer than a panel, and places around its end.
        [1, 2, 3, 4, 7, 8, 15, 16, 17, 33].map { Case(height: 3, width: $0) }
        + [1, 2, 3].flatMap { stride in
            [1, 2, 3, 5].flatMap { kernel in
                [0, 2].map { Case(height: 9, width: 11, kernel: kernel, stride: stride, pad: $0) }
            }
        }
        + [2, 3].map { Case(height: 9, width: 10, dilation: $0, stride: 2, pad: 3) }
        // Trivial windows, whose places are one line.
        + [(3, 5), (4, 4), (1, 33)].map { Case(height: $0, width: $1, kernel: 1, pad: 0) }
        // Groups: several channels each, one channel each, one input and two outputs each.
        + [(6, 8, 2), (5, 5, 5), (4, 8, 4)].flatMap { inputs, outputs, group in
            [1, 2].map { Case(inputs: inputs, outputs: outputs, height: 6, width: 19, stride: $0, group: group) }
        }
        // One channel each, around as many as lie side by side, as are small, and as have few weights.
        + [15, 16, 17, 33].flatMap { count in
            [
                (1, 1, 3, 1), (4, 7, 3, 1), (16, 16, 3, 1), (16, 17, 3, 1), (9, 13, 3, 2), (32, 32, 3, 2), (8, 8, 8, 1),
                (9, 9, 9, 1),
            ]
            .map { height, width, kernel, stride in
                Case(
                    inputs: count, outputs: count, height: height, width: width, kernel: kernel, stride: stride,
                    pad: kernel / 2, group: count)
            }
        }
        // Neither border nor kernel, so that nothing is laid out; with one channel each, something is all the same.
        + [(5, 5, 5), (4, 8, 4), (6, 6, 2)].map {
            Case(inputs: $0, outputs: $1, width: 13, kernel: 1, pad: 0, group: $2)
        }
        // Tiles of four by four places: whole ones, cut ones, one alone, and more than a panel of them.
        + [(4, 4), (1, 1), (2, 5), (8, 8), (7, 9), (13, 18), (6, 70)].flatMap { height, width in
            [0, 1, 2].filter { height + 2 * $0 >= 3 && width + 2 * $0 >= 3 }.map {
                Case(inputs: 16, outputs: 18, height: height, width: width, pad: $0)
            }
        }
        // Tiles of two by two, because the channels are many: cut ones, whole ones, and more than a panel of them; and more inputs
        // than a product takes at a time.
        + [(1, 1), (3, 4), (7, 11)].map { Case(inputs: 20, outputs: 3302, height: $0, width: $1, pad: 1) }
        + [Case(inputs: 260, outputs: 254, height: 3, width: 4, pad: 1)]

    @Test("come out within rounding, and to the bit alike on any number of threads", arguments: cases)
    func formula(_ one: Case) throws {
        let (input, weights, bias) = one.numbers(seed: 1)
        let bottom = try Tensor([one.inputs, one.height, one.width], input)
        let type = one.group == 1 ? "Convolution" : "ConvolutionDepthWise"
        let want = one.sums(input, weights, bias)
        // Tiles add up larger numbers than the sums are (5e-5 was the worst of 3000 random ones in single precision).
        let tolerance = one.isTiled ? 1e-4 : 2e-5
        var first: Tensor?
        for threads in 1...3 {
            let top = try TestModel.tops(
                of: type, one.params, on: [bottom], weights: [0] + weights + bias, threads: threads)[0]
            #expect(top.shape == [one.outputs, one.places.rows, one.places.columns])
            let got = try top.floats()
            #expect(zip(got, want).allSatisfy { abs(Double($0) - $1) < tolerance })
            #expect(first == nil || first == top)
            first = top
        }
    }

    @Test(
        "with weights from a bottom are not made of tiles, which would bring one infinite element to all of their places"
    )
    func dynamicWeights() throws {
        let one = Case(inputs: 16, outputs: 16)
        var (input, weights, bias) = one.numbers(seed: 3)
        input[0] = .infinity
        let bottoms = [
            try Tensor([16, 5, 5], input), try Tensor([16, 16, 3, 3], weights), try Tensor([16], bias),
        ]
        let top = try TestModel.tops(of: "Convolution", "0=16 1=3 4=1 5=1 19=1", on: bottoms)[0].floats()
        let want = one.sums(input, weights, bias)
        #expect(zip(top, want).allSatisfy { $1.isFinite ? abs(Double($0) - $1) < 2e-5 : !$0.isFinite })
    }

    /// A kernel of one along the depth, as wide as its tiles want it.
    struct Deep: Sendable {
        let inputs: Int
        let outputs: Int
        let depth: Int
        let height: Int
        let stride: Int
    }

    static let deep = [(16, 16), (20, 3302)].flatMap { inputs, outputs in
        [(2, 4, 1), (2, 5, 1), (3, 4, 1), (3, 5, 1), (3, 5, 2)].map {
            Deep(inputs: inputs, outputs: outputs, depth: $0, height: $1, stride: $2)
        }
    }

    @Test("of three dimensions with a kernel of 1 by 3 by 3 are those of each plane", arguments: deep)
    func planes(_ one: Deep) throws {
        let flat = Case(inputs: one.inputs, outputs: one.outputs, height: one.height, width: 7)
        let (size, places) = (flat.height * flat.width, flat.places.rows * flat.places.columns)
        let volume = Case(inputs: one.inputs, outputs: one.outputs, height: one.depth * one.height, width: 7)
        let (input, weights, bias) = volume.numbers(seed: 2)
        let depths = Array(stride(from: 0, to: one.depth, by: one.stride))
        let wants = depths.map { depth -> [Double] in
            let starts = (0..<one.inputs).map { channel in (channel * one.depth + depth) * size }
            return flat.sums(starts.flatMap { input[$0..<$0 + size] }, weights, bias)
        }
        let params = "0=\(one.outputs) 1=3 21=1 3=1 23=\(one.stride) 4=1 24=0 5=1 6=\(weights.count)"
        for threads in 1...2 {
            let top = try TestModel.tops(
                of: "Convolution3D", params, on: [Tensor([one.inputs, one.depth, one.height, 7], input)],
                weights: [0] + weights + bias, threads: threads)[0]
            #expect(top.shape == [one.outputs, depths.count, flat.places.rows, flat.places.columns])
            let got = try top.floats()
            for output in 0..<one.outputs {
                for depth in depths.indices {
                    let first = (output * depths.count + depth) * places
                    let want = wants[depth][output * places..<(output + 1) * places]
                    let isNear = zip(got[first..<first + places], want).allSatisfy { abs(Double($0) - $1) < 1e-4 }
                    #expect(isNear, "\(threads), \(output), \(depth)")
                }
            }
        }
    }
}
