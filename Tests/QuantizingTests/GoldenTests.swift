import ModelFormat
import Numerics
import Quantizing
import TestSupport
import Testing
import Vocabulary

/// The int8 twins of all golden models against those of ncnn's own tool.
@Suite struct GoldenTests {
    static let compared = Fixtures.goldenNames().filter {
        Departure.refused[$0] == nil && !Departure.withoutExpectation.contains($0)
    }

    @Test("there are golden cases")
    func present() {
        #expect(Fixtures.goldenNames().count == 56)
    }

    @Test("the int8 twin is upstream's, but for the departures", arguments: compared)
    func twin(name: String) throws {
        let golden = GoldenCase(name)
        let difference = ModelDifference(
            ours: try golden.twin().model, theirs: try golden.expected(), source: try golden.model(),
            dropped: try golden.droppedParams())
        let differing = try difference.byLayer()
        let allowed = Departure.all.filter { $0.golden == name }.reduce(into: Set<String>()) { $0.formUnion($1.layers) }
        for (layer, text) in differing where !allowed.contains(layer) {
            Issue.record("\(layer): \(text)")
        }
        // A departure that departs no more is a claim that is not true.
        #expect(allowed.subtracting(differing.keys).isEmpty)
    }

    @Test(
        "a model without departures has upstream's bytes",
        arguments: ["digits-cnn", "digits-kl-collapse", "conv-basic", "multiheadattention"])
    func bytes(name: String) throws {
        let golden = GoldenCase(name)
        let twin = try golden.twin().model
        #expect(
            try twin.bin.bytes(0..<twin.bin.byteCount) == Fixtures.bytes(golden.folder.appending("expected-int8.bin")))
    }

    @Test("what upstream spoils is refused with the place", arguments: Departure.refused.keys.sorted())
    func refused(name: String) {
        let error = #expect(throws: FormatError.self) { try GoldenCase(name).twin() }
        #expect(error?.description == Departure.refused[name])
    }

    @Test(
        "the reference kernels make the same bytes as the fast ones",
        arguments: ["digits-cnn", "gemm", "lstm", "codebook-weights"])
    func kernels(name: String) throws {
        let golden = GoldenCase(name)
        func bytes(_ kernels: WeightKernels) throws -> [UInt8] {
            let sink = MemorySink()
            _ = try Quantization(
                golden.model(), table: golden.table(), settings: QuantizeSettings(floatStorage: .fp16), kernels: kernels
            ).write(bin: sink)
            return sink.bytes
        }
        #expect(try bytes(.fast) == bytes(.reference))
    }

    @Test("the int8 twin does not depend on where the pieces end that threads share", arguments: compared)
    func pieces(name: String) throws {
        let golden = GoldenCase(name)
        func twin(pieceSize: Int, _ storage: QuantizeSettings.FloatStorage) throws -> ([UInt8], [LayerReport]) {
            let sink = MemorySink()
            let report = try Quantization(
                golden.model(), table: golden.table(), settings: QuantizeSettings(floatStorage: storage),
                pieceSize: pieceSize
            ).write(bin: sink).report
            return (sink.bytes, report.layers)
        }
        for storage in [QuantizeSettings.FloatStorage.keep, .fp16] {
            let whole = try twin(pieceSize: 1 << 20, storage)
            for size in [7, 64, 1000] {
                let cut = try twin(pieceSize: size, storage)
                #expect(cut.0 == whole.0, "pieces of \(size)")
                // The sums are added up in another order.
                for (layer, other) in zip(cut.1, whole.1) {
                    #expect(layer.decision == other.decision && layer.bytesAfter == other.bytesAfter)
                    #expect(abs((layer.measures?.cosine ?? 0) - (other.measures?.cosine ?? 0)) < 1e-5)
                    #expect(layer.measures?.maxError == other.measures?.maxError)
                }
            }
        }
    }

    @Test("with kept floats every array that is not int8 has the input's bytes", arguments: compared)
    func lossless(name: String) throws {
        let golden = GoldenCase(name)
        let source = try golden.model()
        let (twin, report) = try golden.twin(QuantizeSettings())
        for (before, after) in zip(source.layout.weights, twin.layout.weights) {
            for array in after where array.storage != .int8 {
                guard let origin = before.first(where: { $0.name == array.name }) else { continue }
                #expect(try twin.bin.bytes(array.range) == source.bin.bytes(origin.range))
            }
        }
        #expect(report.bytesAfter == twin.bin.byteCount)
        #expect(report.layers.count == source.param.layers.count)
        #expect(report.layers.reduce(0) { $0 + $1.bytesBefore } == source.bin.byteCount)
    }

    @Test("quantizing the int8 twin again is refused", arguments: ["digits-cnn", "sdpa", "gemm", "embed", "lstm"])
    func twice(name: String) throws {
        let twin = try GoldenCase(name).twin().model
        let error = #expect(throws: FormatError.self) { try Quantization(twin, table: nil) }
        #expect(error?.clause.hasPrefix("already int8") == true)
    }
}
