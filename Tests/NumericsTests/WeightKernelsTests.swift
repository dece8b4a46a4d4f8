import Numerics
import TestSupport
import Testing

/// Every set of kernels must say what the reference says, to the bit.
@Suite struct WeightKernelsTests {
    /// Lengths around every boundary of the vector code: eight lanes, sixteen, and the tails between.
    static let lengths = Array(0...35) + [63, 64, 65, 127, 128, 129, 1023, 65535, 65536, 65537]

    /// Values that a kernel can get wrong: zeros, ties, the float below a tie, limits, subnormals, and what is no number.
    static let traps: [Float] = [
        0, -0.0, 0.5, -0.5, 0.499_999_97, -0.499_999_97, 1.5, 2.5, -2.5, 126.5, 127.49999, 127.5, -127.5, 128, 1e9,
        -3e9,
        1e30, .greatestFiniteMagnitude, .leastNonzeroMagnitude, .leastNormalMagnitude, 6e-8, -6e-8, 65504, 65519.996,
        65520, 65536, -65536, .infinity, -.infinity, .nan,
    ]

    static func weights(_ count: Int) -> [Float] {
        var generator = SeededGenerator(seed: UInt64(count))
        return (0..<count).map { index in
            index % 5 == 4
                ? traps[Int.random(in: 0..<traps.count, using: &generator)] : .random(in: -2...2, using: &generator)
        }
    }

    static func quantize(_ kernels: WeightKernels, _ weights: [Float], scale: Float) -> [Int8] {
        var result = [Int8](repeating: 99, count: weights.count)
        weights.withUnsafeBufferPointer { weights in
            result.withUnsafeMutableBufferPointer { kernels.quantize(weights, scale, $0) }
        }
        return result
    }

    static func narrow(_ kernels: WeightKernels, _ floats: [Float]) -> [UInt16] {
        var result = [UInt16](repeating: 0x1234, count: floats.count)
        floats.withUnsafeBufferPointer { floats in
            result.withUnsafeMutableBufferPointer { kernels.narrow(floats, $0) }
        }
        return result
    }

    static func widen(_ kernels: WeightKernels, _ halves: [UInt16]) -> [UInt32] {
        var result = [Float](repeating: 7, count: halves.count)
        halves.withUnsafeBufferPointer { halves in
            result.withUnsafeMutableBufferPointer { kernels.widen(halves, $0) }
        }
        return result.map(\.bitPattern)
    }

    @Test("the fast extent equals the reference at every length", arguments: lengths)
    func extent(count: Int) {
        let weights = Self.weights(count)
        weights.withUnsafeBufferPointer { weights in
            #expect(WeightKernels.fast.extent(weights) == WeightKernels.reference.extent(weights))
        }
    }

    @Test("fast quantizing equals the reference at every length", arguments: lengths)
    func quantize(count: Int) {
        let weights = Self.weights(count)
        for scale: Float in [1, 63.5, 127, 1e-20, 3e38] {
            #expect(
                Self.quantize(.fast, weights, scale: scale) == Self.quantize(.reference, weights, scale: scale),
                "scale \(scale)")
        }
    }

    @Test("fast error sums equal the reference at every length", arguments: lengths)
    func errors(count: Int) {
        let weights = Self.weights(count).map { $0.isFinite && $0.magnitude < 1e20 ? $0 : 0.25 }
        let quantized = Self.quantize(.reference, weights, scale: 63.5)
        weights.withUnsafeBufferPointer { weights in
            quantized.withUnsafeBufferPointer { quantized in
                #expect(
                    WeightKernels.fast.errors(weights, quantized, 63.5)
                        == WeightKernels.reference.errors(weights, quantized, 63.5))
            }
        }
    }

    @Test("fast narrowing equals the reference at every length, NaN payloads apart", arguments: lengths)
    func narrow(count: Int) {
        let floats = Self.weights(count)
        let fast = Self.narrow(.fast, floats)
        let reference = Self.narrow(.reference, floats)
        for index in floats.indices where !floats[index].isNaN {
            #expect(fast[index] == reference[index], "\(floats[index])")
        }
        #expect(zip(floats, fast).allSatisfy { !$0.isNaN || Float16(bitPattern: $1).isNaN })
    }

    @Test("every half float widens to its exact float and narrows back to itself")
    func everyHalf() {
        let halves = Array(UInt16.min...UInt16.max)
        let numbers = halves.filter { !Float16(bitPattern: $0).isNaN }
        #expect(Self.widen(.fast, numbers) == Self.widen(.reference, numbers))
        #expect(Self.narrow(.fast, Self.widen(.fast, numbers).map(Float.init(bitPattern:))) == numbers)
        let notNumbers = halves.filter { Float16(bitPattern: $0).isNaN }
        #expect(Self.widen(.fast, notNumbers).allSatisfy { Float(bitPattern: $0).isNaN })
    }

    @Test("floats between two half floats go to the nearer one, ties to the even one")
    func halfway() {
        let ties: [(Float, UInt16)] = [
            (1 + 0x1p-11, 0x3C00), (1 + 3 * 0x1p-11, 0x3C02), (0x1p-25, 0x0000), (3 * 0x1p-25, 0x0002),
            (0x1p-24, 0x0001), (0x1.FFCp-15, 0x0400), (65519.996, 0x7BFF), (65520, 0x7C00),
        ]
        #expect(Self.narrow(.fast, ties.map(\.0)) == ties.map(\.1))
        // The same through the vector code, which takes eight at a time.
        #expect(Self.narrow(.fast, ties.map { -$0.0 }) == ties.map { $0.1 | 0x8000 })
    }

    @Test("rounding goes half away from zero and clamps to 127")
    func rounding() {
        let expected: [(Float, Int8)] = [
            (0.5, 1), (-0.5, -1), (0.499_999_97, 0), (1.5, 2), (2.5, 3), (-2.5, -3), (126.49999, 126), (127.5, 127),
            (-128, -127), (1e30, 127), (-.infinity, -127), (.nan, 0),
        ]
        #expect(Self.quantize(.fast, expected.map(\.0), scale: 1) == expected.map(\.1))
        #expect(Self.quantize(.reference, expected.map(\.0), scale: 1) == expected.map(\.1))
    }

    @Test("ideal rounding has an RMSE of 0.289 steps, and clipping is counted")
    func measures() throws {
        var generator = SeededGenerator(seed: 1)
        let weights = (0..<100_000).map { _ in Float.random(in: -1...1, using: &generator) }
        func errors(_ scale: Float) -> WeightErrors {
            let quantized = Self.quantize(.fast, weights, scale: scale)
            return weights.withUnsafeBufferPointer { weights in
                quantized.withUnsafeBufferPointer { WeightKernels.fast.errors(weights, $0, scale) }
            }
        }
        let ideal = try #require(errors(127).measures)
        #expect(abs(ideal.rmseOverStep - 0.288675) < 0.002)
        #expect(ideal.clippedFraction == 0)
        // A uniform signal of ±1 against steps of 1/127: 10 log10((1/3) / (1/127² / 12)).
        #expect(abs(try #require(ideal.sqnr) - 48.1) < 0.1)
        let clipped = try #require(errors(254).measures)
        #expect(abs(clipped.clippedFraction - 0.5) < 0.01)
        #expect(abs(clipped.maxError - 0.5) < 0.001)
    }

    @Test("weights that are all zero have no SQNR and no cosine")
    func silence() throws {
        let weights = [Float](repeating: 0, count: 10)
        let measures = weights.withUnsafeBufferPointer { weights in
            [Int8](repeating: 0, count: 10).withUnsafeBufferPointer {
                WeightKernels.fast.errors(weights, $0, 1).measures
            }
        }
        #expect(try #require(measures).sqnr == nil)
        #expect(try #require(measures).cosine == nil)
    }
}
