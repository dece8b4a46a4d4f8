import LayerCatalogue
import ModelFormat

/// Any bytes as a `.param`: refused with a clause, or read, edited and read again.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzParam(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    guard let file = try? ParamFile(bytes, file: "fuzz.param") else { return 0 }
    precondition(file.text(applying: []) == bytes)
    let edits = file.layers.map { ParamFile.Edit(layer: $0.index, id: 8, value: 102) }
    guard let edited = try? ParamFile(file.text(applying: edits), file: "edited.param") else {
        preconditionFailure("an edited file cannot be read")
    }
    precondition(edited.layers.allSatisfy { $0[8]?.int == 102 })
    // Sizes from the params, held against a file of no bytes.
    _ = try? Model.inspect(file, bin: MemoryBytes([], file: "fuzz.bin"))
    return 0
}
