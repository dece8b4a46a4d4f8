import Inference
import ModelFormat
import Numerics

/// A model written in a test: the lines of its layers, and its weights as floats without tags.
struct TestModel {
    let lines: [String]
    var bin: [UInt8] = []

    /// - Parameter lines: a line for each layer, without the two lines before them.
    init(_ lines: String...) {
        self.lines = lines
    }

    /// The same model with these weights behind those it has; a tagged array starts with a `nil`, the tag for fp32.
    func with(_ weights: [Float?]) -> TestModel {
        var model = self
        for weight in weights {
            withUnsafeBytes(of: (weight?.bitPattern ?? 0).littleEndian) { model.bin += Array($0) }
        }
        return model
    }

    func network() throws -> Network {
        let blobs = Set(lines.flatMap { $0.split(separator: " ").dropFirst(4).prefix { !$0.contains("=") } })
        let text = (["7767517", "\(lines.count) \(blobs.count)"] + lines).joined(separator: "\n") + "\n"
        return try Network(
            ParamFile(Array(text.utf8), file: "model.param"), bin: MemoryBytes(bin, file: "model.bin"))
    }
}
