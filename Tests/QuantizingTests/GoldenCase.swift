import Foundation
import LayerCatalogue
import ModelFormat
import Quantizing
import SystemPackage
import TestSupport

/// A checked-in model with its table and what ncnn's own tool made of it.
struct GoldenCase {
    let name: String
    let folder: FilePath

    init(_ name: String) {
        self.name = name
        folder = Fixtures.golden(name)
    }

    func model() throws -> Model<MemoryBytes> {
        try read("model.param", "model.bin")
    }

    func expected() throws -> Model<MemoryBytes> {
        try read("expected-int8.param", "expected-int8.bin")
    }

    /// nil where the case has none.
    func table() throws -> CalibrationTable? {
        let path = folder.appending("model.table")
        return Fixtures.exists(path) ? CalibrationTable(try Fixtures.bytes(path), file: "model.table") : nil
    }

    /// Params that upstream loses, as layer names and ids.
    func droppedParams() throws -> [String: Set<Int>] {
        struct Case: Decodable {
            enum Item: Decodable {
                case name(String), id(Int)

                init(from decoder: any Decoder) throws {
                    let container = try decoder.singleValueContainer()
                    self = try (try? container.decode(Int.self)).map(Item.id) ?? .name(container.decode(String.self))
                }
            }
            // The file's own spelling.
            // swift-format-ignore: AlwaysUseLowerCamelCase
            let upstream_drops: [[Item]]?
        }
        let json = Data(try Fixtures.bytes(folder.appending("case.json")))
        var dropped: [String: Set<Int>] = [:]
        for pair in try JSONDecoder().decode(Case.self, from: json).upstream_drops ?? [] {
            if pair.count == 2, case .name(let layer) = pair[0], case .id(let id) = pair[1] {
                dropped[layer, default: []].insert(id)
            }
        }
        return dropped
    }

    /// The int8 twin as our quantizer makes it, read back as a model.
    func twin(
        _ settings: QuantizeSettings = QuantizeSettings(floatStorage: .fp16)
    ) throws -> (model: Model<MemoryBytes>, report: QuantizationReport) {
        let quantization = try Quantization(model(), table: table(), settings: settings)
        let sink = MemorySink()
        let twin = try quantization.write(bin: sink)
        let param = try ParamFile(twin.param, file: "int8.param")
        return (try Model(param, bin: MemoryBytes(sink.bytes, file: "int8.bin")), twin.report)
    }

    private func read(_ param: String, _ bin: String) throws -> Model<MemoryBytes> {
        try Model(
            ParamFile(Fixtures.bytes(folder.appending(param)), file: param),
            bin: MemoryBytes(Fixtures.bytes(folder.appending(bin)), file: bin))
    }
}
