import ModelFormat

/// Any bytes as a `.npy`: refused with a clause, or read to as many numbers as the shape says.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzNpy(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    guard let file = try? NpyFile(MemoryBytes(bytes, file: "fuzz.npy")) else { return 0 }
    // What was read and is written is read as the same again; NumPy's own spelling of the header may differ.
    guard let again = try? NpyFile(MemoryBytes(file.bytes, file: "again.npy")) else {
        preconditionFailure("what was written cannot be read")
    }
    precondition(again.shape == file.shape && again.floats.map(\.bitPattern) == file.floats.map(\.bitPattern))
    precondition(file.floats.count == file.header.count)
    precondition(file.integers.map { $0.count == file.header.count } ?? true)
    _ = try? NpyFile(sample: 1, of: MemoryBytes(bytes, file: "fuzz.npy"))
    return 0
}
