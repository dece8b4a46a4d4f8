import Inference
import Numerics

extension TestModel {
    /// - Parameter lines: a line for each layer, without the two lines before them.
    init(_ lines: [String]) {
        self.lines = lines
    }

    /// The tops of a layer alone.
    ///
    /// - Parameters:
    ///   - params: its part of the `.param`, such as `0=1 -23301=2,3,4`.
    ///   - weights: the floats of its `.bin`.
    ///   - tops: how many it names.
    /// - Throws: `InferenceError` where it cannot be built or run.
    static func tops(
        of type: String, _ params: String = "", on bottoms: [Tensor], weights: [Float] = [], tops: Int = 1,
        threads: Int = 1
    ) throws -> [Tensor] {
        let inputs = bottoms.indices.map { "in\($0)" }
        let outputs = (0..<tops).map { "out\($0)" }
        let names = (inputs + outputs).joined(separator: " ")
        let lines =
            inputs.map { "Input \($0) 0 1 \($0)" } + ["\(type) layer \(inputs.count) \(tops) \(names) \(params)"]
        let found = try TestModel(lines).with(weights).network().run(
            Dictionary(uniqueKeysWithValues: zip(inputs, bottoms)), wanting: outputs, threads: threads)
        return outputs.compactMap { found[$0] }
    }

    /// A tensor of 0, 1, 2, … of this shape.
    static func counting(_ shape: [Int]) throws -> Tensor {
        try Tensor(shape, (0..<Tensor.count(of: shape)).map(Float.init))
    }
}
