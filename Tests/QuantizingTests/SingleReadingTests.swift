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

    @Test(
        "an array whose one scale is computed is kept in memory and read once where it has 64 pieces, twice where it has more",
        arguments: [(64, 1), (65, 2)])
    func kept(rows: Int, readings: Int) throws {
        let weights = (0..<4 * rows).map { Float($0 % 11) - 5 }
        let bytes = [UInt8](repeating: 0, count: 4) + weights.withUnsafeBytes { Array($0) }
        let param = "7767517\n2 2\nInput in 0 1 in\nEmbed e 1 1 in out 0=4 1=\(rows) 3=\(weights.count)\n"
        let model = try Model(
            ParamFile(Array(param.utf8), file: "m.param"), bin: CountedBytes(MemoryBytes(bytes, file: "m.bin")))
        let opened = model.bin.read
        let sink = MemorySink()
        _ = try Quantization(model, table: nil, pieceSize: 4).write(bin: sink)
        #expect(model.bin.read - opened == readings * 4 * weights.count)
        #expect(sink.bytes == (try Self.twin("Embed e 1 1 in out 0=4 1=\(rows) 3=\(weights.count)", weights).bin))
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

    /// The twin of a model whose only layer has these weights, in one array.
    static func twin(
        _ layer: String, _ weights: [Float], table: String? = nil, pieceSize: Int = 1 << 16,
        settings: QuantizeSettings = QuantizeSettings()
    ) throws -> (bin: [UInt8], layers: [LayerReport]) {
        let param = "7767517\n2 2\nInput in 0 1 in\n\(layer)\n"
        let bin = [UInt8](repeating: 0, count: 4) + weights.withUnsafeBytes { Array($0) }
        let model = try Model(
            ParamFile(Array(param.utf8), file: "m.param"), bin: MemoryBytes(bin, file: "m.bin"))
        let sink = MemorySink()
        let report = try Quantization(
            model, table: table.map { CalibrationTable(Array($0.utf8), file: "m.table") }, settings: settings,
            pieceSize: pieceSize
        ).write(bin: sink).report
        return (sink.bytes, report.layers)
    }

    /// An Embed layer has one scale, which is computed from its weights, here eight.
    static func embed(_ weights: [Float], pieceSize: Int) throws -> (bin: [UInt8], layers: [LayerReport]) {
        try twin("Embed e 1 1 in out 0=2 1=4 3=8", weights, pieceSize: pieceSize)
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

    @Test(
        "a matrix is turned in blocks of bounded size, wherever they end",
        arguments: [(1, 40), (2, 20), (5, 8), (8, 5), (20, 2), (40, 1)], [1, 2, 3, 7, 100])
    func turned(shape: (lines: Int, columns: Int), pieceSize: Int) throws {
        let (lines, columns) = shape
        let weights = (0..<lines * columns).map { Float($0) - 19 }
        // A constant B, which the twin has the other way round.
        let twin = try Self.twin("Gemm g 1 1 in out 5=1 8=\(columns) 9=\(lines)", weights, pieceSize: pieceSize)
        #expect(twin.layers[1].decision == .int8)
        let scale = Float(127) / 20
        let wanted = (0..<columns).flatMap { column in
            (0..<lines).map { Int8((weights[$0 * columns + column] * scale).rounded()) }
        }
        #expect(twin.bin[4..<44].map { Int8(bitPattern: $0) } == wanted)
    }

    @Test("what is no number is counted over all pieces, and the first row is named", arguments: [1, 2, 3, 5, 100])
    func counted(pieceSize: Int) throws {
        var weights = [Float](repeating: 1, count: 16)
        for index in [6, 7, 13] { weights[index] = index == 7 ? .infinity : .nan }
        let twin = try Self.twin(
            "InnerProduct f 1 1 in out 0=4 2=16", weights, table: "f_param_0 1 1 1 1\nf 1\n", pieceSize: pieceSize)
        #expect(
            twin.layers[1].decision.reason?.clause
                == "weight_data holds 3 NaN or infinite values, the first in row 1")
    }

    @Test("a layer whose second array is no number is float as a whole", arguments: ["lstm", "multiheadattention"])
    func secondArray(name: String) throws {
        let folder = Fixtures.golden(name)
        var bytes = try Fixtures.bytes(folder.appending("model.bin"))
        let table = CalibrationTable(try Fixtures.bytes(folder.appending("model.table")), file: "m.table")
        let param = try ParamFile(Fixtures.bytes(folder.appending("model.param")), file: "m.param")
        let sound = try Model(param, bin: MemoryBytes(bytes, file: "m.bin"))
        let layer = try #require(
            try Quantization(sound, table: table).write(bin: MemorySink()).report.layers
                .first { $0.decision == .int8 })
        let form = try #require(sound.params[layer.index]?.type.int8)
        let weight = try #require(
            sound.layout.weights[layer.index].first { $0.name == form.weights[1].weight })
        try #require([.fp32, .plain, .legacyFP32].contains(weight.storage))
        withUnsafeBytes(of: Float.nan) { nan in
            bytes.replaceSubrange(weight.elements.lowerBound..<weight.elements.lowerBound + 4, with: nan)
        }
        let damaged = try Model(param, bin: MemoryBytes(bytes, file: "m.bin"))
        let sink = MemorySink()
        let twin = try Quantization(damaged, table: table).write(bin: sink)
        #expect(twin.report.layers[layer.index].decision.reason?.code == .nonFiniteWeight)
        #expect(twin.report.layers[layer.index].storageAfter == twin.report.layers[layer.index].storageBefore)
        _ = try Model(ParamFile(twin.param, file: "t.param"), bin: MemoryBytes(sink.bytes, file: "t.bin"))
    }

    @Test("rows of zeros are counted where scales are computed, whole or in pieces", arguments: [1, 2, 3, 100])
    func deadRows(pieceSize: Int) throws {
        let twin = try Self.embed([Float](repeating: 0, count: 8), pieceSize: pieceSize)
        #expect(twin.layers[1].deadChannels == 1)
        #expect(twin.layers[1].weightScales == 1...1)
    }

    @Test(
        "a layer found to be float while it is written keeps its fp32 where fp16 would make a value infinite, and says so"
    )
    func both() throws {
        let twin = try Self.twin(
            "InnerProduct f 1 1 in out 0=2 2=4", [70_000, 1, .nan, 1], table: "f_param_0 1 1\nf 1\n",
            settings: QuantizeSettings(floatStorage: .fp16))
        #expect(twin.layers[1].decision.reason?.code == .nonFiniteWeight)
        #expect(twin.layers[1].storageAfter == "fp32")
        #expect(
            twin.layers[1].notes == ["weight_data reaches 70000.0, beyond fp16's 65504: the layer keeps its fp32"])
    }

    @Test(
        "what is written anew begins with the layer before, which was to hand on int8, and progress goes back to there")
    func progress() throws {
        func progress(_ weights: [Float]) throws -> [Int] {
            var done: [Int] = []
            _ = try Quantization(Self.chain(weights), table: Self.table(weights.count)).write(bin: MemorySink()) {
                done.append($0)
            }
            return done
        }
        #expect(try progress([1, 0.5, 1, 2]) == [0, 8, 16, 24, 32])
        #expect(try progress([1, 0.5, .nan, 2]) == [0, 8, 16, 24, 16, 24, 32])
        #expect(try progress([.nan, 0.5, 1, 2]) == [0, 8, 8, 16, 24, 32])
    }

    @Test(
        "layers that cannot be int8 stay float however many there are and wherever they stand, as if that had been known"
    )
    func manyObstacles() throws {
        for mask in 0..<64 {
            let isOdd = (0..<6).map { mask >> $0 & 1 == 1 }
            let found = try Self.write(Self.chain(isOdd.map { $0 ? .nan : 1 }))
            let reasons = found.layers.dropFirst().map { $0.decision.reason?.code }
            #expect(reasons == isOdd.map { $0 ? .nonFiniteWeight : nil })
            let told = try Self.write(
                Self.chain(isOdd.map { $0 ? .nan : 1 }),
                floatLayers: Dictionary(
                    uniqueKeysWithValues: found.layers.compactMap { layer in
                        layer.decision.reason.flatMap { $0.code == .nonFiniteWeight ? (layer.name, $0) : nil }
                    }))
            #expect(found.bin == told.bin)
            #expect(found.param == told.param)
            #expect(found.layers == told.layers)
        }
    }

    @Test("what keeps the sink from being cut is thrown")
    func uncuttable() throws {
        struct Stuck: Error {}
        struct Sink: ByteSink {
            func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) {}
            func cut(to offset: Int) throws { throw Stuck() }
        }
        let quantization = try Quantization(Self.chain([.nan]), table: Self.table(1))
        #expect(throws: Stuck.self) { try quantization.write(bin: Sink()) }
    }

    @Test("a weight that is no number only when it is read anew, behind all such layers, is a file that was changed")
    func changing() throws {
        /// Says that the weight of layer 3 is no number from the second reading on.
        final class Restless: ByteSource {
            let bytes: MemoryBytes
            private let reads = Mutex(0)

            init(_ bytes: MemoryBytes) { self.bytes = bytes }

            var file: String { bytes.file }
            var byteCount: Int { bytes.byteCount }

            func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(FormatError) {
                try bytes.read(at: offset, into: buffer)
                guard offset == 3 * 8 + 4 else { return }
                let count = reads.withLock { reads in
                    reads += 1
                    return reads
                }
                if count > 1 { buffer.storeBytes(of: Float.nan, as: Float.self) }
            }
        }
        // The first three end an attempt each; with the last, layer 3 is no longer to hand it int8.
        let sound = try Self.chain([.nan, .nan, .nan, 1, .nan])
        let model = try Model(sound.param, bin: Restless(sound.bin.bytes))
        let quantization = try Quantization(model, table: Self.table(5))
        let error = #expect(throws: FormatError.self) { try quantization.write(bin: MemorySink()) }
        #expect(error?.description == "m.bin: was changed while it was read")
    }
}
