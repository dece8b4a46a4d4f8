/// The ways in which ncnn stores an array of weights (ncnn src/modelbin.cpp at a4d2ea1d).
public enum WeightStorage: Hashable, Sendable {
    /// Plain fp32 without a tag: biases, scales, the arrays of the norms.
    case plain
    /// fp32 behind tag 0.
    case fp32
    /// fp32 behind the tag `0x0002C056` of ncnn's first years.
    case legacyFP32
    /// IEEE half floats behind the tag `0x01306B47`.
    case fp16
    /// Signed bytes behind the tag `0x000D4B38`.
    case int8
    /// A table of 256 floats and one byte for each element that names its entry; any other tag means this.
    case codebook(tag: UInt32)

    /// How the array behind this tag is stored.
    public init(tag: UInt32) {
        self =
            switch tag {
            case 0: .fp32
            case 0x0002_C056: .legacyFP32
            case 0x0130_6B47: .fp16
            case 0x000D_4B38: .int8
            default: .codebook(tag: tag)
            }
    }

    /// The four bytes before the array; nil for an array without a tag.
    public var tag: UInt32? {
        switch self {
        case .plain: nil
        case .fp32: 0
        case .legacyFP32: 0x0002_C056
        case .fp16: 0x0130_6B47
        case .int8: 0x000D_4B38
        case .codebook(let tag): tag
        }
    }

    /// The word for it in reports.
    public var word: String {
        switch self {
        case .plain, .fp32, .legacyFP32: "fp32"
        case .fp16: "fp16"
        case .int8: "int8"
        case .codebook: "codebook"
        }
    }

    /// Bytes of one element.
    public var elementSize: Int {
        switch self {
        case .plain, .fp32, .legacyFP32: 4
        case .fp16: 2
        case .int8, .codebook: 1
        }
    }

    /// Bytes between the tag and the elements: the codebook's table.
    public var prefixByteCount: Int {
        switch self {
        case .codebook: 1024
        case .plain, .fp32, .legacyFP32, .fp16, .int8: 0
        }
    }

    /// Bytes of the whole array in the file, tag and padding to four counted; nil where that overflows.
    public func byteCount(of count: Int) -> Int? {
        let (payload, tooMany) = count.multipliedReportingOverflow(by: elementSize)
        let head = (tag == nil ? 0 : 4) + prefixByteCount
        let (whole, tooLong) = payload.addingReportingOverflow(head + 3)
        // The head is a multiple of four, so padding the sum pads the elements.
        return tooMany || tooLong || count < 0 ? nil : whole & ~3
    }
}
