public import Inference
public import LayerCatalogue
public import ModelFormat

/// A model's float twin and its int8 twin, layer beside layer.
public struct Twins: Sendable {
    public let float: Network
    public let int8: Network
    /// Indexes of the layers that compute in int8 in the int8 twin.
    public let int8Layers: Set<Int>
    /// How many layers take each blob.
    let readers: [String: Int]

    /// - Throws: `EvaluationError` where the layers differ in name, type or blobs.
    public init(float: Network, int8: Network) throws(EvaluationError) {
        let (left, right) = (float.layers, int8.layers)
        guard left.count == right.count else {
            throw .twins(clause: "the float twin has \(left.count) layers, the int8 twin \(right.count)")
        }
        for (one, other) in zip(left, right)
        where one.name != other.name || one.type != other.type || one.bottoms != other.bottoms || one.tops != other.tops
        {
            throw .twins(
                clause: "layer \(one.index) is \(one.name) (\(one.type)) with blobs \(one.bottoms) to \(one.tops) in "
                    + "the float twin, \(other.name) (\(other.type)) with \(other.bottoms) to \(other.tops) in the int8 twin"
            )
        }
        self.float = float
        self.int8 = int8
        self.int8Layers = Set(right.filter(\.isInt8).map(\.index))
        self.readers = left.flatMap(\.bottoms).reduce(into: [:]) { $0[$1, default: 0] += 1 }
    }
}

extension ParamLayer {
    /// Whether the param that announces int8 is set.
    fileprivate var isInt8: Bool {
        guard let type = LayerCatalogue.type(named: type), let form = type.int8, let spec = type.param(form.termParam)
        else { return false }
        return self[spec.id]?.int ?? 0 != 0
    }
}

extension Model {
    /// The scales under which the int8 layers of this model take their inputs, by layer index.
    ///
    /// Layers that find the scale while they run have none here.
    ///
    /// - Throws: `FormatError` where the `.bin` cannot be read.
    public func activationScales() throws(FormatError) -> [Int: Float] {
        var scales: [Int: Float] = [:]
        for (index, row) in params.enumerated() {
            guard let name = row?.type.int8?.activationScale,
                let stored = layout.weights[index].first(where: { $0.name == name })
            else { continue }
            let start = stored.elements.lowerBound
            let bits = try bin.bytes(start..<start + 4).reversed().reduce(0) { $0 << 8 | UInt32($1) }
            scales[index] = Float(bitPattern: bits)
        }
        return scales
    }
}
