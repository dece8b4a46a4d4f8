import ModelFormat

/// Any bytes as a `.npy`: refused with a clause, or read to as many numbers as the shape says.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzNpy(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    guard let file = try? NpyFile(MemoryBytes(bytes, file: "fuzz.npy")) else { return 0 }
    precondition(file.bytes == bytes)
    precondition(file.floats.count == file.header.count)
    precondition(file.integers.map { $0.count == file.header.count } ?? true)
    _ = try? NpyFile(sample: 1, of: MemoryBytes(bytes, file: "fuzz.npy"))
    return 0
}
