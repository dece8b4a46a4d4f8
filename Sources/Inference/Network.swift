import LayerCatalogue
public import ModelFormat
import Numerics

/// A model that can be run: its layers in file order, each with its operator.
public struct Network: Sendable {
    /// A layer with what it does.
    struct Step: Sendable {
        let layer: ParamLayer
        let work: any Operator
    }

    /// The layers, in file order.
    public var layers: [ParamLayer] { steps.map(\.layer) }
    /// Names of the blobs that `Input` layers make.
    public let inputs: [String]
    /// Names of the blobs that no layer takes.
    public let outputs: [String]
    let steps: [Step]
    /// The index of the layer that makes a blob.
    let producers: [String: Int]

    /// Builds the network, reading all weights.
    ///
    /// - Throws: `InferenceError`, with the names of all layer types that cannot be run where there are any.
    public init(_ param: ParamFile, bin: some ByteSource) throws(InferenceError) {
        var rows: [(params: LayerParams, operation: OperatorType)] = []
        var unsupported: [String] = []
        for layer in param.layers {
            if let type = LayerCatalogue.type(named: layer.type), let operation = Operators.type(named: layer.type) {
                rows.append((LayerParams(layer, of: type, file: param.file), operation))
            } else if !unsupported.contains(layer.type) {
                unsupported.append(layer.type)
            }
        }
        guard unsupported.isEmpty else { throw .unsupported(types: unsupported, file: param.file) }

        var steps: [Step] = []
        let weights = try Self.layout(of: rows.map(\.params), in: bin).weights
        for (row, stored) in zip(rows, weights) {
            let layer = row.params.layer
            let work: any Operator
            do {
                let arrays = try stored.map { ($0.name, try Weight($0, from: bin)) }
                let source = LayerSource(row.params, weights: Dictionary(arrays, uniquingKeysWith: { $1 }))
                work = try row.operation.build(source)
            } catch {
                throw Self.located(error, at: layer)
            }
            steps.append(Step(layer: layer, work: work))
        }
        let taken = Set(param.layers.flatMap(\.bottoms))
        self.steps = steps
        self.inputs = param.layers.filter { $0.type == "Input" }.flatMap(\.tops)
        self.outputs = param.layers.flatMap(\.tops).filter { !taken.contains($0) }
        self.producers = Dictionary(
            param.layers.flatMap { layer in layer.tops.map { ($0, layer.index) } },
            uniquingKeysWith: { first, _ in first })
    }

    /// The scale of a layer's int8 tops, `int8 = float * scale`; nil where its tops are no int8 of a known scale.
    public func topScale(ofLayer index: Int) -> Float? {
        steps[index].work.topScale
    }

    /// Where the weights lie, for a `.bin` that has exactly the bytes that the layers ask for.
    private static func layout(
        of layers: [LayerParams], in bin: some ByteSource
    ) throws(InferenceError) -> BinLayout {
        do {
            switch try BinLayout.read(try layers.map { try $0.slots() }, from: bin) {
            case .whole(let layout): return layout
            case .short(let found, let wanted, _), .long(let found, let wanted):
                throw FormatError(file: bin.file, .whole, "has \(found) bytes, wanted \(wanted)")
            }
        } catch let error as FormatError {
            throw .format(error)
        } catch {
            throw .format(FormatError(file: bin.file, .whole, String(describing: error)))
        }
    }

    /// An error of an operator with the layer it belongs to.
    static func located(_ error: any Error, at layer: ParamLayer) -> InferenceError {
        if let error = error as? InferenceError { return error }
        if let error = error as? FormatError { return .format(error) }
        return .layer(name: layer.name, type: layer.type, clause: String(describing: error))
    }
}
