import LayerCatalogue
import ModelFormat
import Quantizing
import Synchronization
import TestSupport
import Testing
import Vocabulary

/// Weights are read once, and what is only seen in them then is still made good.
@Suite struct SingleReadingTests {
    /// Counts the bytes that are read of a file in memory.
    final class CountedBytes: ByteSource {
        let bytes: MemoryBytes
        private let counter = Mutex(0)

        init(_ bytes: MemoryBytes) {
            self.bytes = bytes
        }

        var file: String { bytes.file }
        var byteCount: Int { bytes.byteCount }
        var read: Int { counter.withLock { $0 } }

        func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(FormatError) {
            counter.withLock { $0 += buffer.count }
            try bytes.read(at: offset, into: buffer)
        }
    }

    /// A chain of 1×1 convolutions with these weights, one input and one output channel each.
    static func chain(_ weights: [Float]) throws -> Model<CountedBytes> {
        var param = "7767517\n\(weights.count + 1) \(weights.count + 1)\nInput in 0 1 x0\n"
        var bin: [UInt8] = []
        for (index, weight) in weights.enumerated() {
            param += "Convolution c\(index) 1 1 x\(index) x\(index + 1) 0=1 1=1 6=1\n"
            bin += [UInt8](repeating: 0, count: 4) + withUnsafeBytes(of: weight) { Array($0) }
        }
        return try Model(
            ParamFile(Array(param.utf8), file: "m.param"), bin: CountedBytes(MemoryBytes(bin, file: "m.bin")))
    }

    static func table(_ count: Int) -> CalibrationTable {
        let rows = (0..<count).map { "c\($0)_param_0 127\nc\($0) 10\n" }.joined()
        return CalibrationTable(Array(rows.utf8), file: "m.table")
    }

    static func write(
        _ model: Model<CountedBytes>, floatLayers: [String: FloatReason] = [:]
    ) throws -> (param: [UInt8], bin: [UInt8], layers: [LayerReport]) {
        let sink = MemorySink()
        let twin = try Quantization(
            model, table: table(model.param.layers.count - 1), settings: QuantizeSettings(floatStorage: .fp16),
            floatLayers: floatLayers
        ).write(bin: sink)
        return (twin.param, sink.bytes, twin.report.layers)
    }

    @Test("weights whose scales the table gives are read once, by deciding and writing together")
    func once() throws {
        let model = try Self.chain([1, 0.5, -1, 0])
        let opened = model.bin.read
        let layers = try Self.write(model).layers
        #expect(layers.dropFirst().allSatisfy { $0.decision == .int8 })
        #expect(model.bin.read - opened == 4 * 4)
    }

    @Test(
        "weights whose rows fit a piece are read once, though their scales are computed from them",
        arguments: ["gru", "lstm"])
    func computed(name: String) throws {
        let folder = Fixtures.golden(name)
        let bin = CountedBytes(MemoryBytes(try Fixtures.bytes(folder.appending("model.bin")), file: "m.bin"))
        let model = try Model(
            ParamFile(Fixtures.bytes(folder.appending("model.param")), file: "m.param"), bin: bin)
        let opened = bin.read
        let report = try Quantization(model, table: nil).write(bin: MemorySink()).report
        #expect(report.int8Layers > 0)
        #expect(bin.read - opened <= bin.byteCount)
    }

    @Test("a scale that is computed does not depend on how many pieces its row spans", arguments: [1, 2, 3, 5, 8, 100])
    func pieces(size: Int) throws {
        let weights: [Float] = [0.1, -0.2, 0.3, 0.4, 1, -1.5, 0.7, 0.9]
        let twin = try Self.embed(weights, pieceSize: size)
        #expect(twin.layers[1].weightScales == Float(127 / 1.5)...Float(127 / 1.5))
        #expect(twin.bin == (try Self.embed(weights, pieceSize: 1 << 16).bin))
    }

    @Test("weights so small that their scale would be infinite keep their layer float", arguments: [1, 100])
    func tiny(pieceSize: Int) throws {
        let twin = try Self.embed([0, 0x1p-126, -0x1p-127, 0, 0, 0, 0, 0], pieceSize: pieceSize)
        #expect(
            twin.layers[1].decision
                == .float(
                    FloatReason(
                        .badScale, "row 0 of weight_data is so small (\(Float(0x1p-126))) that its scale is infinite")))
        #expect(twin.bin.count == 36)
    }

    /// The int8 twin of an Embed layer with these eight weights, whose one scale is computed from them.
    static func embed(_ weights: [Float], pieceSize: Int) throws -> (bin: [UInt8], layers: [LayerReport]) {
        let param = "7767517\n2 2\nInput in 0 1 in\nEmbed e 1 1 in out 0=2 1=4 3=8\n"
        let bin = [UInt8](repeating: 0, count: 4) + weights.withUnsafeBytes { Array($0) }
        let model = try Model(
            ParamFile(Array(param.utf8), file: "m.param"), bin: MemoryBytes(bin, file: "m.bin"))
        let sink = MemorySink()
        let report = try Quantization(model, table: nil, pieceSize: pieceSize).write(bin: sink).report
        return (sink.bytes, report.layers)
    }

    @Test(
        "a layer found not to be numbers while it is written gives the twin in which it was float from the beginning",
        arguments: [[0], [2], [1, 2], [0, 1, 2, 3]])
    func anew(bad: [Int]) throws {
        var weights: [Float] = [1, 0.5, -1, 0.25]
        for index in bad { weights[index] = .nan }
        let reason = FloatReason(
            .nonFiniteWeight, "weight_data holds 1 NaN or infinite values, the first in row 0")
        let found = try Self.write(Self.chain(weights))
        let told = try Self.write(
            Self.chain(weights), floatLayers: Dictionary(uniqueKeysWithValues: bad.map { ("c\($0)", reason) }))
        #expect(bad.allSatisfy { found.layers[$0 + 1].decision == .float(reason) })
        #expect(found.layers == told.layers)
        #expect(String(decoding: found.param, as: UTF8.self) == String(decoding: told.param, as: UTF8.self))
        #expect(found.bin == told.bin)
    }
}
