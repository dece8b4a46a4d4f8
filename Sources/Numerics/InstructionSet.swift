import CKernels

/// The sets of instructions for which there are kernels.
public enum InstructionSet: CaseIterable, Sendable {
    /// What every machine of the architecture has.
    case portable
    /// AVX2 with FMA.
    case avx2
    /// AVX-512 with VNNI.
    case avx512

    /// Those that this machine has, the least first.
    public static let present = allCases.filter { quantd_has($0.number) != 0 }

    /// The one that kernels use where none is named.
    public static let best = present.last ?? .portable

    /// Whether products are fused into sums.
    public var isFusing: Bool { quantd_fuses(number) != 0 }

    /// How bytes are packed for the products.
    public var packing: BytePacking { quantd_packing_of(number) == QUANTD_QUADS ? .quads : .pairs }

    var number: quantd_instructions {
        switch self {
        case .portable: QUANTD_PORTABLE
        case .avx2: QUANTD_AVX2
        case .avx512: QUANTD_AVX512
        }
    }
}
