import Inference
import LayerCatalogue
import ModelFormat
import Quantizing
import Vocabulary

extension QuantizeJob {
    /// Quantizes the model in memory, with these layers float, ready to be run.
    ///
    /// - Throws: `FormatError`, `InferenceError`.
    func network(floatLayers: [String: FloatReason]) throws -> Network {
        let quantization = try Quantization(
            openModel(), table: readTable(), settings: settings, floatLayers: floatLayers)
        let sink = MemorySink()
        let paramText = try quantization.write(bin: sink).param
        return try Network(
            ParamFile(paramText, file: param.lastComponent?.string ?? param.string),
            bin: MemoryBytes(sink.bytes, file: bin.lastComponent?.string ?? bin.string))
    }
}
