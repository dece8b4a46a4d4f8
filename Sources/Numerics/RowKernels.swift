import CKernels

/// Sums over rows of floats and what is done to a row with them, as values, so that one test can hold every set of them to every
/// other.
///
/// Sums are in double precision, so that their order hardly ever shows in a result; it is the same for all sets.
public struct RowKernels: Sendable {
    /// `Σ x`
    public var sum: @Sendable (_ x: UnsafePointer<Float>, _ count: Int) -> Double
    /// `Σ (x − mean)²`
    public var squares: @Sendable (_ x: UnsafePointer<Float>, _ count: Int, _ mean: Double) -> Double
    /// `x = (x * scale + shift) * factors + addends`, each step rounded; without factors the first two alone.
    public var adjust:
        @Sendable (
            _ x: UnsafeMutablePointer<Float>, _ count: Int, _ scale: Float, _ shift: Float,
            (factors: UnsafePointer<Float>, addends: UnsafePointer<Float>)?
        ) -> Void
}

extension RowKernels {
    /// The fast ones for the best instructions that the machine has.
    public static let fast = RowKernels(.best)

    /// The fast ones for instructions that the machine has.
    public init(_ instructions: InstructionSet) {
        let set = instructions.number
        self.init(
            sum: { x, count in quantd_sum(set, x, count) },
            squares: { x, count, mean in quantd_squares(set, x, count, mean) },
            adjust: { x, count, scale, shift, affine in
                quantd_adjust(set, x, count, scale, shift, affine?.factors, affine?.addends)
            })
    }

    /// The readable ones, which say what the fast ones must compute.
    public static let reference = RowKernels(
        sum: { x, count in inLanes(count) { Double(x[$0]) } },
        squares: { x, count, mean in inLanes(count) { (Double(x[$0]) - mean) * (Double(x[$0]) - mean) } },
        adjust: { x, count, scale, shift, affine in
            for index in 0..<count {
                let value = x[index] * scale + shift
                x[index] = affine.map { value * $0.factors[index] + $0.addends[index] } ?? value
            }
        })

    /// The sum in the order that vector code has: of every sixteenth term, then of these, then of those that fill no sixteen.
    private static func inLanes(_ count: Int, _ term: (Int) -> Double) -> Double {
        let whole = count / 16 * 16
        var lanes = [Double](repeating: 0, count: 16)
        for index in 0..<whole { lanes[index % 16] += term(index) }
        return (whole..<count).reduce(lanes.reduce(0, +)) { $0 + term($1) }
    }
}
