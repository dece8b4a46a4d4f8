import LayerCatalogue
import ModelFormat
import Quantizing
import TestSupport
import Testing

/// Damaged models end in a clear error or in a twin that can be read, never in a trap.
@Suite struct HostileInputTests {
    /// Cases that have every kind of weight storage, param and table row between them.
    static let seeds = [
        "conv-basic-fp16", "conv-depthwise-group", "codebook-weights", "param-kinds", "table-syntax", "gemm", "lstm",
        "multiheadattention", "weights-zoo", "sdpa", "embed", "custom-layer",
    ]

    @Test("a damaged model is refused with a clause or gives a readable twin", arguments: seeds)
    func damaged(name: String) throws {
        let folder = Fixtures.golden(name)
        let param = try Fixtures.bytes(folder.appending("model.param"))
        let bin = try Fixtures.bytes(folder.appending("model.bin"))
        let table =
            Fixtures.exists(folder.appending("model.table")) ? try Fixtures.bytes(folder.appending("model.table")) : []
        var mutator = Mutator(seed: UInt64(name.utf8.reduce(0) { $0 &* 31 &+ UInt64($1) }))
        var outcomes = (twins: 0, refusals: 0)
        for round in 0..<400 {
            // One file at a time: a wound in each would hide all but the first.
            let damaged = (
                round % 3 == 0 ? mutator.damaged(param) : param, round % 3 == 1 ? mutator.damaged(bin) : bin,
                round % 3 == 2 ? mutator.damaged(table) : table
            )
            do {
                try Self.quantize(damaged.0, damaged.1, damaged.2)
                outcomes.twins += 1
            } catch let error as FormatError {
                #expect(!error.clause.isEmpty)
                outcomes.refusals += 1
            }
        }
        // Both must happen, or the wounds are too deep or too shallow to show anything.
        #expect(outcomes.twins > 0 && outcomes.refusals > 0, "\(outcomes)")
    }

    static func quantize(_ param: [UInt8], _ bin: [UInt8], _ table: [UInt8]) throws {
        let model = try Model(ParamFile(param, file: "m.param"), bin: MemoryBytes(bin, file: "m.bin"))
        let quantization = try Quantization(
            model, table: table.isEmpty ? nil : CalibrationTable(table, file: "m.table"),
            settings: QuantizeSettings(floatStorage: .fp16))
        let sink = MemorySink()
        let param = try quantization.write(bin: sink).param
        _ = try Model(
            ParamFile(param, file: "int8.param"), bin: MemoryBytes(sink.bytes, file: "int8.bin"))
    }
}
