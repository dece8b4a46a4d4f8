/// An array of weights where it lies in a `.bin`.
public struct StoredWeight: Hashable, Sendable {
    public let slot: WeightSlot
    public let storage: WeightStorage
    /// Byte offset of the array in the file, at its tag where it has one.
    public let offset: Int
    /// Bytes in the file, tag and padding counted.
    public let byteCount: Int

    public var name: String { slot.name }
    public var count: Int { slot.count }

    /// All bytes of the array in the file.
    public var range: Range<Int> { offset..<offset + byteCount }

    /// The bytes of the elements alone.
    public var elements: Range<Int> {
        let start = offset + (storage.tag == nil ? 0 : 4) + storage.prefixByteCount
        return start..<start + count * storage.elementSize
    }

    /// The bytes of the codebook's 256 floats; nil for other storages.
    public var codebook: Range<Int>? {
        guard storage.prefixByteCount > 0 else { return nil }
        return offset + 4..<offset + 4 + storage.prefixByteCount
    }
}
