/// Where every array of weights lies in a `.bin`.
public struct BinLayout: Hashable, Sendable {
    /// For each layer of the `.param`, its arrays in file order.
    public let weights: [[StoredWeight]]

    /// Bytes of the whole file.
    public var byteCount: Int {
        weights.last { !$0.isEmpty }?.last?.range.upperBound ?? 0
    }

    /// What the bytes of a `.bin` say about its completeness.
    public enum Answer: Hashable, Sendable {
        /// Exactly the bytes that the `.param` asks for.
        case whole(BinLayout)
        /// The file is still being copied, or was cut.
        ///
        /// `wanted` is exact where every tag could be read; otherwise the arrays whose tags are missing are counted as
        /// stored like the tagged array before them.
        case short(found: Int, wanted: Int, isExact: Bool)
        /// The file has more bytes than the `.param` asks for: it belongs to another one.
        case long(found: Int, wanted: Int)
    }

    /// Walks the slots over a `.bin`, reading nothing but the tags.
    ///
    /// - Parameter slots: for each layer the arrays it stores, in file order.
    /// - Throws: `FormatError` where the size overflows or the source cannot be read.
    public static func read(_ slots: [[WeightSlot]], from source: some ByteSource) throws(FormatError) -> Answer {
        var weights: [[StoredWeight]] = []
        var offset = 0
        var isExact = true
        var latest = WeightStorage.fp32
        for layer in slots {
            var stored: [StoredWeight] = []
            for slot in layer {
                var storage = WeightStorage.plain
                if slot.isTagged {
                    if source.byteCount - offset >= 4 {
                        latest = WeightStorage(tag: try source.word(at: offset))
                    } else {
                        isExact = false
                    }
                    storage = latest
                }
                guard let byteCount = storage.byteCount(of: slot.count),
                    case let (end, overflow) = offset.addingReportingOverflow(byteCount), !overflow
                else {
                    throw FormatError(
                        file: source.file, .byte(offset),
                        "\(slot.name) of \(slot.count) elements is too large for a file")
                }
                stored.append(StoredWeight(slot: slot, storage: storage, offset: offset, byteCount: byteCount))
                offset = end
            }
            weights.append(stored)
        }
        if source.byteCount < offset {
            return .short(found: source.byteCount, wanted: offset, isExact: isExact)
        }
        if source.byteCount > offset {
            return .long(found: source.byteCount, wanted: offset)
        }
        return .whole(BinLayout(weights: weights))
    }
}
