import Numerics
import TestSupport
import Testing

/// Every set of kernels must say what the reference says, to the bit.
@Suite struct WeightKernelsTests {
    /// The fast ones for every set of instructions that the machine has.
    static let fast = InstructionSet.present.map { WeightKernels($0) }

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

    /// What a set of kernels makes of some weights, and what it says that costs.
    static func quantize(
        _ kernels: WeightKernels, _ weights: [Float], scale: Float
    ) -> (result: [Int8], errors: WeightErrors, extent: WeightKernels.Extent) {
        var result = [Int8](repeating: 99, count: weights.count)
        let found = weights.withUnsafeBufferPointer { weights in
            result.withUnsafeMutableBufferPointer { kernels.quantize(weights, scale, $0) }
        }
        return (result, found.errors, found.extent)
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
            let reference = WeightKernels.reference.extent(weights)
            for kernels in Self.fast { #expect(kernels.extent(weights) == reference) }
        }
    }

    @Test("fast quantizing, its error sums and extents equal the reference at every length", arguments: lengths)
    func quantize(count: Int) {
        let weights = Self.weights(count)
        // The readable kernels are slow without optimization, and what a scale does it does to short rows too.
        for scale: Float in count > 2000 ? [63.5] : [1, 63.5, 127, 1e-20, 3e38] {
            let reference = Self.quantize(.reference, weights, scale: scale)
            for kernels in Self.fast {
                let fast = Self.quantize(kernels, weights, scale: scale)
                #expect(fast.result == reference.result, "scale \(scale)")
                #expect(fast.errors == reference.errors, "scale \(scale)")
                #expect(fast.extent == reference.extent, "scale \(scale)")
            }
        }
    }

    @Test(
        "quantizing finds the extent that looking for it finds, with one weight that is no number wherever it stands",
        arguments: [Float.nan, -.infinity, .greatestFiniteMagnitude])
    func extentWhileQuantizing(odd: Float) {
        for place in [0, 7, 8, 31, 32, 511, 512, 1023, 1029] {
            var weights = [Float](repeating: 0.5, count: 1030)
            weights[place] = odd
            let wanted = WeightKernels.Extent(
                absmax: odd.isFinite ? odd.magnitude : 0.5, nonFinite: odd.isFinite ? 0 : 1)
            for kernels in Self.fast + [.reference] {
                #expect(Self.quantize(kernels, weights, scale: 3).extent == wanted, "at \(place)")
                #expect(weights.withUnsafeBufferPointer { kernels.extent($0) } == wanted, "at \(place)")
            }
        }
    }

    /// What rounds to ±127 at the most goes another way than what is cut off, 512 weights at a time.
    @Test(
        "fast quantizing equals the reference whether no weight of a block is cut off or one is, wherever it stands",
        arguments: lengths.filter { $0 <= 1023 } + [1536], [126.9, 127.49999, 127.5, 1e30, .infinity])
    func nearAndFar(count: Int, last: Float) {
        var weights = Self.weights(count).map { $0.isFinite && $0.magnitude < 127 ? $0 : 0.25 }
        for place in Set([0, 8, 511, 512, count - 1]) where weights.indices.contains(place) {
            let before = weights[place]
            weights[place] = place.isMultiple(of: 2) ? last : -last
            for scale: Float in [1, -1, .nan] {
                let reference = Self.quantize(.reference, weights, scale: scale)
                for kernels in Self.fast {
                    let fast = Self.quantize(kernels, weights, scale: scale)
                    #expect(fast.result == reference.result, "scale \(scale), \(last) at \(place)")
                    #expect(fast.extent == reference.extent, "scale \(scale), \(last) at \(place)")
                    guard !scale.isNaN else { continue }
                    #expect(fast.errors == reference.errors, "scale \(scale), \(last) at \(place)")
                }
            }
            weights[place] = before
        }
    }

    @Test("error sums equal those of plain sums in double", arguments: [8, 513, 65537])
    func plainSums(count: Int) {
        let weights = Self.weights(count).map { $0.isFinite && $0.magnitude < 10 ? $0 : 0.25 }
        let scale: Float = 63.5
        let (result, errors, _) = Self.quantize(.fast, weights, scale: scale)
        var plain = WeightErrors()
        for (weight, quantized) in zip(weights, result) {
            let restored = Double(quantized) / Double(scale)
            let error = Double(weight) - restored
            plain.signal += Double(weight) * Double(weight)
            plain.noise += error * error
            plain.reconstructed += restored * restored
            plain.maxError = max(plain.maxError, error.magnitude)
        }
        func areClose(_ left: Double, _ right: Double) -> Bool { abs(left - right) <= 1e-5 * right }
        #expect(areClose(errors.signal, plain.signal))
        #expect(areClose(errors.noise, plain.noise))
        #expect(areClose(errors.reconstructed, plain.reconstructed))
        #expect(areClose(errors.maxError, plain.maxError))
        #expect(errors.count == count)
    }

    @Test(
        "a scale that sends every weight out of reach still gives finite measures",
        arguments: [WeightKernels.fast, .reference])
    func outOfReach(kernels: WeightKernels) throws {
        let measures = try #require(Self.quantize(kernels, [1, -2, 3e38, -3e38], scale: 3e38).errors.measures)
        #expect(measures.clippedFraction == 1)
        #expect(measures.rmseOverStep.isFinite)
        #expect(measures.maxError.isFinite)
        #expect(try #require(measures.sqnr).isFinite)
    }

    @Test("fast narrowing equals the reference at every length, NaN payloads apart", arguments: lengths)
    func narrow(count: Int) {
        let floats = Self.weights(count)
        let reference = Self.narrow(.reference, floats)
        for kernels in Self.fast {
            let fast = Self.narrow(kernels, floats)
            for index in floats.indices where !floats[index].isNaN {
                #expect(fast[index] == reference[index], "\(floats[index])")
            }
            #expect(zip(floats, fast).allSatisfy { !$0.isNaN || Float16(bitPattern: $1).isNaN })
        }
    }

    @Test("every half float widens to its exact float and narrows back to itself")
    func everyHalf() {
        let halves = Array(UInt16.min...UInt16.max)
        let numbers = halves.filter { !Float16(bitPattern: $0).isNaN }
        let notNumbers = halves.filter { Float16(bitPattern: $0).isNaN }
        for kernels in Self.fast {
            let widened = Self.widen(kernels, numbers)
            #expect(widened == Self.widen(.reference, numbers))
            #expect(Self.narrow(kernels, widened.map(Float.init(bitPattern:))) == numbers)
            #expect(Self.widen(kernels, notNumbers).allSatisfy { Float(bitPattern: $0).isNaN })
        }
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
        #expect(Self.quantize(.fast, expected.map(\.0), scale: 1).result == expected.map(\.1))
        #expect(Self.quantize(.reference, expected.map(\.0), scale: 1).result == expected.map(\.1))
    }

    @Test("ideal rounding has an RMSE of 0.289 steps, and clipping is counted")
    func measures() throws {
        var generator = SeededGenerator(seed: 1)
        let weights = (0..<100_000).map { _ in Float.random(in: -1...1, using: &generator) }
        func errors(_ scale: Float) -> WeightErrors { Self.quantize(.fast, weights, scale: scale).errors }
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
        let measures = Self.quantize(.fast, [Float](repeating: 0, count: 10), scale: 1).errors.measures
        #expect(try #require(measures).sqnr == nil)
        #expect(try #require(measures).cosine == nil)
    }
}
