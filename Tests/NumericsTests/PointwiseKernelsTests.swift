import Numerics
import Testing

@Suite("functions of single numbers")
struct PointwiseKernelsTests {
    /// Each function by its name.
    static let functions: [(name: String, change: @Sendable (PointwiseKernels) -> PointwiseKernels.Change)] = [
        ("sigmoid", { $0.sigmoid }), ("swish", { $0.swish }), ("tanh", { $0.tanh }), ("fast GELU", { $0.fastGELU }),
    ]

    /// Numbers close together around 0, and single ones out to where the exponential ends.
    static let numbers: [Float] =
        (-4000...4000).map { Float($0) / 800 } + (-100...100).map(Float.init)
        + [0.625, -0.625, 0.62499994, 1e-30, -1e-30, 87.3, 88.4, -87.3, -88.4, 3e38, -3e38]

    static func applied(_ change: PointwiseKernels.Change, to values: [Float]) -> [Float] {
        var values = values
        values.withUnsafeMutableBufferPointer { change($0) }
        return values
    }

    @Test("the fast ones are within 3e-7 of the exact value", arguments: functions.indices)
    func close(_ index: Int) {
        let (name, change) = Self.functions[index]
        let want = Self.applied(change(.reference), to: Self.numbers)
        for set in InstructionSet.present {
            let got = Self.applied(change(PointwiseKernels(set)), to: Self.numbers)
            for ((x, got), want) in zip(zip(Self.numbers, got), want) {
                #expect(
                    abs(got - want) <= 3e-7 * max(1, abs(want)), "\(name) of \(x), \(set): got \(got), want \(want)")
            }
        }
    }

    @Test("what is no number stays none, the infinities have their limits", arguments: 0...9)
    func limits(_ before: Int) {
        let values = [Float](repeating: 1, count: before) + [.nan, .infinity, -.infinity]
        for kernels in InstructionSet.present.map(PointwiseKernels.init) {
            let sigmoids = Self.applied(kernels.sigmoid, to: values).suffix(3)
            #expect(sigmoids.first?.isNaN == true)
            #expect(sigmoids.dropFirst().map { abs($0) } == [1, sigmoids.last ?? 1])
            #expect((sigmoids.last ?? 1) < 1e-37)
            let tangents = Self.applied(kernels.tanh, to: values).suffix(3)
            #expect(tangents.first?.isNaN == true)
            #expect(Array(tangents.dropFirst()) == [1, -1])
        }
    }

    @Test("shares add up to 1 and are the exact ones, for any count", arguments: 1...40)
    func softmax(_ count: Int) {
        let values = (0..<count).map { Float($0 * 29 % 31) * 0.7 - 100 }
        let want = Self.applied(PointwiseKernels.reference.softmax, to: values)
        for kernels in InstructionSet.present.map(PointwiseKernels.init) {
            let got = Self.applied(kernels.softmax, to: values)
            #expect(zip(got, want).allSatisfy { abs($0 - $1) <= 3e-7 })
            #expect(abs(got.reduce(0, +) - 1) < 1e-6)
        }
    }
}
