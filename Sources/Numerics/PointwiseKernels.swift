import CKernels

#if canImport(Glibc)
    import Glibc
#endif

/// Functions of single numbers, in place, as values, so that one test can hold every set of them to every other.
///
/// The fast ones are within 3e-7 of the exact value, relative to it or to 1, whichever is larger.
public struct PointwiseKernels: Sendable {
    public typealias Change = @Sendable (UnsafeMutableBufferPointer<Float>) -> Void

    /// `1 / (1 + e^-x)`
    public var sigmoid: Change
    /// `x / (1 + e^-x)`
    public var swish: Change
    /// The hyperbolic tangent.
    public var tanh: Change
    /// `x / 2 * (1 + tanh(√(2 / π) * (x + 0.044715 x³)))`
    public var fastGELU: Change
    /// Each number's exponential over the sum of all.
    public var softmax: Change
}

extension PointwiseKernels {
    /// The fast ones for the best instructions that the machine has.
    public static let fast = PointwiseKernels(.best)

    /// The fast ones for instructions that the machine has.
    public init(_ instructions: InstructionSet) {
        let set = instructions.number
        self.init(
            sigmoid: { quantd_sigmoid(set, $0.baseAddress, $0.count) },
            swish: { quantd_swish(set, $0.baseAddress, $0.count) },
            tanh: { quantd_tanh(set, $0.baseAddress, $0.count) },
            fastGELU: { quantd_fast_gelu(set, $0.baseAddress, $0.count) },
            softmax: { quantd_softmax(set, $0.baseAddress, $0.count) })
    }

    /// The readable ones, which say what the fast ones must compute.
    public static let reference = PointwiseKernels(
        sigmoid: each { 1 / (1 + exp(-$0)) },
        swish: each { $0 / (1 + exp(-$0)) },
        tanh: each { Glibc.tanh($0) },
        fastGELU: each { $0 / 2 * (1 + Glibc.tanh((2 / Double.pi).squareRoot() * ($0 + 0.044715 * $0 * $0 * $0))) },
        softmax: { values in
            let largest = Double(values.max() ?? 0)
            let sum = values.reduce(0) { $0 + exp(Double($1) - largest) }
            for index in values.indices { values[index] = Float(exp(Double(values[index]) - largest) / sum) }
        })

    private static func each(_ function: @escaping @Sendable (Double) -> Double) -> Change {
        { values in
            for index in values.indices { values[index] = Float(function(Double(values[index]))) }
        }
    }
}
