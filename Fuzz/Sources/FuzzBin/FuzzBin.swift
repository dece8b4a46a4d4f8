import LayerCatalogue
import ModelFormat
import Quantizing

/// A network with every kind of quantized weight, small enough that its bytes are all in reach of the fuzzer.
private let param = """
    7767517
    8 8
    Input in 0 1 in
    Convolution c 1 1 in a 0=2 1=1 5=1 6=4
    ConvolutionDepthWise d 1 1 a b 0=2 1=1 6=2 7=2
    InnerProduct f 1 1 b e 0=2 1=1 2=4
    Embed m 1 1 e g 0=2 1=3 3=6
    Gemm n 1 1 g h 4=0 5=1 8=2 9=3
    LSTM l 1 1 h i 0=2 1=16 3=1
    MemoryData y 0 1 z 0=3 21=0

    """
private let table = """
    c_param_0 10 20
    c 5
    d_param_0 inf 30
    d 6
    f_param_0 40 50
    f 7
    """

private let file: ParamFile = {
    guard let file = try? ParamFile(Array(param.utf8), file: "fuzz.param") else {
        preconditionFailure("the fuzz model cannot be read")
    }
    return file
}()
private let scales = CalibrationTable(Array(table.utf8), file: "fuzz.table")

/// Any bytes as a `.bin` of that network: refused with a clause, or quantized into a twin that can be read.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzBin(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    guard let model = try? Model(file, bin: MemoryBytes(bytes, file: "fuzz.bin")),
        let quantization = try? Quantization(
            model, table: scales, settings: QuantizeSettings(floatStorage: .fp16),
            // Small enough that rows span pieces, as those of large models do.
            pieceSize: 1 + bytes.count % 8)
    else { return 0 }
    let sink = MemorySink()
    guard let written = try? quantization.write(bin: sink),
        let twin = try? ParamFile(written.param, file: "twin.param"),
        (try? Model(twin, bin: MemoryBytes(sink.bytes, file: "twin.bin"))) != nil
    else { preconditionFailure("the twin cannot be read") }
    return 0
}
