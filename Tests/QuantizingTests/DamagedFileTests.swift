import Foundation
import LayerCatalogue
import ModelFormat
import Quantizing
import SystemPackage
import TestSupport
import Testing

/// The damaged files of `Tests/Fixtures/damaged`, each named for its damage: every one has a clear answer.
@Suite struct DamagedFileTests {
    static let folder = Fixtures.folder.appending("damaged")

    static func names(_ ending: String) -> [String] {
        let all = (try? FileManager.default.contentsOfDirectory(atPath: folder.string)) ?? []
        return all.filter { $0.hasSuffix(".\(ending)") }.sorted()
    }

    /// A convolution of two outputs and two inputs with a bias.
    static let param = "7767517\n2 2\nInput in 0 1 in\nConvolution c 1 1 in out 0=2 1=1 5=1 6=4\n"
    static let bin: [UInt8] =
        [0, 0, 0, 0] + [1, -0.5, 0.25, 1, 0, 0].flatMap { (value: Float) in withUnsafeBytes(of: value) { Array($0) } }

    static func quantize(param: [UInt8], bin: [UInt8], table: [UInt8]? = nil) throws -> QuantizationReport {
        let model = try Model(ParamFile(param, file: "m.param"), bin: MemoryBytes(bin, file: "m.bin"))
        let sink = MemorySink()
        let table = table.map { CalibrationTable($0, file: "m.table") }
        return try Quantization(model, table: table).write(bin: sink).report
    }

    @Test("the sound model beside which they stand is quantized")
    func sound() throws {
        let report = try Self.quantize(
            param: Array(Self.param.utf8), bin: Self.bin, table: Array("c_param_0 127 127\nc 1\n".utf8))
        #expect(report.int8Layers == 1)
    }

    @Test("a damaged param is refused with a clause", arguments: names("param"))
    func param(name: String) throws {
        let bytes = try Fixtures.bytes(Self.folder.appending(name))
        let error = #expect(throws: FormatError.self) { try Self.quantize(param: bytes, bin: Self.bin) }
        #expect(error?.clause.isEmpty == false)
    }

    @Test("a damaged bin is refused with a clause", arguments: names("bin"))
    func bin(name: String) throws {
        let bytes = try Fixtures.bytes(Self.folder.appending(name))
        let error = #expect(throws: FormatError.self) { try Self.quantize(param: Array(Self.param.utf8), bin: bytes) }
        #expect(error?.clause.isEmpty == false)
    }

    @Test("a damaged table is refused, or leaves the layer float with a reason", arguments: names("table"))
    func table(name: String) throws {
        let bytes = try Fixtures.bytes(Self.folder.appending(name))
        do {
            let report = try Self.quantize(param: Array(Self.param.utf8), bin: Self.bin, table: bytes)
            #expect(report.layers[1].decision.reason?.clause.isEmpty == false)
        } catch let error as FormatError {
            #expect(error.file == "m.table")
        }
    }

    @Test("a damaged npy is refused with a clause", arguments: names("npy"))
    func npy(name: String) throws {
        let bytes = try Fixtures.bytes(Self.folder.appending(name))
        let error = #expect(throws: FormatError.self) { try NpyFile(MemoryBytes(bytes, file: "m.npy")) }
        #expect(error?.clause.isEmpty == false)
    }

    @Test("there are damaged files of every kind")
    func present() {
        for ending in ["param", "bin", "table", "npy"] { #expect(Self.names(ending).count >= 9, "\(ending)") }
    }
}
