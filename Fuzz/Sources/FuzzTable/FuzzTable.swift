import LayerCatalogue
import ModelFormat
import Quantizing

private let param =
    "7767517\n3 3\nInput in 0 1 in\nConvolution a 1 1 in x 0=2 1=1 6=2\nConvolution a_param_0 1 1 x y 0=1 1=1 6=2\n"
/// Two layers of two fp32 weights each.
private let bin: [UInt8] = [0, 0, 0, 0, 0, 0, 128, 63, 0, 0, 0, 64, 0, 0, 0, 0, 0, 0, 128, 63, 0, 0, 0, 0]

private let model: Model<MemoryBytes> = {
    guard let file = try? ParamFile(Array(param.utf8), file: "fuzz.param"),
        let model = try? Model(file, bin: MemoryBytes(bin, file: "fuzz.bin"))
    else { preconditionFailure("the fuzz model cannot be read") }
    return model
}()

/// Any bytes as a calibration table: whatever it says, the twin can be read.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzTable(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let table = CalibrationTable(Array(UnsafeBufferPointer(start: start, count: count)), file: "fuzz.table")
    guard let quantization = try? Quantization(model, table: table) else { return 0 }
    let sink = MemorySink()
    guard let written = try? quantization.write(bin: sink),
        let twin = try? ParamFile(written.param, file: "twin.param"),
        (try? Model(twin, bin: MemoryBytes(sink.bytes, file: "twin.bin"))) != nil
    else { preconditionFailure("the twin cannot be read") }
    return 0
}
