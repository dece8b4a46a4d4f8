import LayerCatalogue
import ModelFormat
import TestSupport
import Testing

@Suite struct ModelTests {
    static func model(_ layers: String, bin: [UInt8]) throws -> Model<MemoryBytes> {
        let lines = layers.split(separator: "\n")
        let text = "7767517\n\(lines.count + 1) 99\nInput in 0 1 in\n\(layers)\n"
        return try Model(
            try ParamFile(Array(text.utf8), file: "m.param"), bin: MemoryBytes(bin, file: "m.bin"))
    }

    static func failure(_ layers: String, bytes: Int) -> String {
        do {
            _ = try model(layers, bin: [UInt8](repeating: 0, count: bytes))
            return "no error"
        } catch {
            return "\(error)"
        }
    }

    @Test(
        "every golden model is as long as the catalogue says",
        arguments: Fixtures.goldenNames().filter { !$0.hasPrefix("reject-") })
    func golden(name: String) throws {
        let folder = Fixtures.golden(name)
        let param = try ParamFile(Fixtures.bytes(folder.appending("model.param")), file: "model.param")
        let model = try Model(param, bin: FileBytes(folder.appending("model.bin")))
        #expect(model.layout.byteCount == model.bin.byteCount)
    }

    @Test("a custom layer without weights passes")
    func customWithoutWeights() throws {
        let model = try Self.model("MyOp x 1 1 in a 0=3 1=text", bin: [])
        #expect(model.params[1] == nil)
    }

    @Test("a custom layer that seems to store weights is refused with what is known")
    func customWithWeights() {
        #expect(
            Self.failure("MyOp x 1 1 in a\nBias b 1 1 a c 0=2", bytes: 20)
                == "m.param:4: layer x: the layer type MyOp is unknown and seems to store weights: m.bin has 20 bytes, the "
                + "known layers account for 8; unknown types can only be kept when they store none")
    }

    @Test("a file of another length is refused with both numbers")
    func lengths() {
        #expect(
            Self.failure("Bias b 1 1 in c 0=2", bytes: 4)
                == "m.bin at byte 4: the file ends after 4 bytes, m.param asks for 8")
        #expect(
            Self.failure("Bias b 1 1 in c 0=2", bytes: 12)
                == "m.bin at byte 8: has 12 bytes, m.param asks for 8: it belongs to another model")
    }

    @Test(
        "params that make no sense for the weights are refused, never trapped on",
        arguments: [
            ("Bias b 1 1 in c 0=-5", "bias_data has -5 elements, wanted at least 1"),
            ("Bias b 1 1 in c", "bias_data has 0 elements, wanted at least 1"),
            ("Convolution b 1 1 in c 0=4 6=0", "weight_data has 0 elements, wanted at least 1"),
            ("LSTM b 1 1 in c 0=0 1=64", "hidden_size is 0 and divides"),
            ("MultiHeadAttention b 1 1 in c 2=64", "embed_dim is 0 and divides"),
            ("MemoryData b 0 1 c 0=2147483647 1=2147483647 2=2147483647", "w, h, c overflows"),
            ("Bias b 1 1 in c 0=2.0", "param 0 (bias_data_size) is a float, wanted an integer"),
            ("Bias b 1 1 in c 0=abc", "param 0 (bias_data_size) is a string, wanted an integer"),
        ])
    func senseless(layer: String, clause: String) {
        let failure = Self.failure(layer, bytes: 100)
        #expect(failure.hasPrefix("m.param:4: layer b: "), "\(failure)")
        #expect(failure.contains(clause), "\(failure)")
    }

    @Test("a layer that claims 2^31 outputs in a small file asks for no memory")
    func huge() {
        #expect(
            Self.failure("Convolution b 1 1 in c 0=2147483647 6=2147483647", bytes: 100)
                == "m.bin at byte 100: the file ends after 100 bytes, m.param asks for 8589934592")
    }
}
