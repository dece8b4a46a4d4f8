import Numerics
import Testing

@Suite("rows of floats")
struct RowKernelsTests {
    private static let kernels = [.reference] + InstructionSet.present.map(RowKernels.init)

    private static let counts = Array(0...35) + [255, 256, 257]

    private static func row(_ count: Int) -> [Float] { (0..<count).map { Float($0 * 37 % 251) / 7 - 11 } }

    @Test("sums are those of the reference, to the bit", arguments: counts)
    func sums(_ count: Int) {
        // Far apart in size, so that another order would be another sum.
        let row = Self.row(count).enumerated().map { $0.element * ($0.offset % 3 == 0 ? 1e18 : 1) }
        let sums = Self.kernels.map { $0.sum(row, count) }
        let squares = Self.kernels.map { $0.squares(row, count, 1.5) }
        for results in [sums, squares] { #expect(results.allSatisfy { $0 == results[0] }) }
    }

    @Test("a row is adjusted as the reference does it, to the bit, and nothing else", arguments: counts)
    func adjust(_ count: Int) {
        let (factors, addends) = (Self.row(count + 1).map { $0 * 0.3 }, Self.row(count + 2).map { 1 - $0 })
        for hasFactors in [false, true] {
            let results = Self.kernels.map { kernels in
                var row = Self.row(count + 1)
                factors.withUnsafeBufferPointer { factors in
                    addends.withUnsafeBufferPointer { addends in
                        guard let first = factors.baseAddress, let second = addends.baseAddress else { return }
                        kernels.adjust(&row, count, 0.7, -0.1, hasFactors ? (first, second) : nil)
                    }
                }
                return row
            }
            #expect(results.allSatisfy { $0 == results[0] })
        }
    }
}
