import LayerCatalogue
import ModelFormat
import Numerics
import Vocabulary

/// What will be done to one layer, as far as that can be decided before its weights are read.
struct LayerPlan {
    /// One array of the int8 twin, in file order.
    enum Array: Hashable {
        /// The input's own bytes.
        case copied(StoredWeight)
        /// Half floats instead of the input's floats.
        case narrowed(StoredWeight)
        /// int8 instead of the input's floats, with a scale for each row; nil where they are computed from the weights.
        case quantized(RowWalk, scales: [Float]?)
        /// A plain array that the input does not have: the scales of the layer's input or output.
        case plain([Float])
        /// The same with the scales of a weight array that stands before it, by name.
        case scales(of: String)
    }

    /// The int8 part of a layer, for layers that have one.
    struct Quantized {
        /// For each weight array by name, how it is cut and with which scales; nil where they are computed from the weights.
        var weights: [String: (walk: RowWalk, scales: [Float]?)] = [:]
        /// The arrays of scales that belong to no weights, by name.
        var scales: [String: [Float]] = [:]
        var activationScale: Float?
        /// The scale of the int8 output where requantization is fused.
        var topScale: Float?
        /// Params that the int8 twin has otherwise, by name.
        var params: [String: Int] = [:]
    }

    let layer: ParamLayer
    let params: LayerParams?
    let stored: [StoredWeight]
    /// Why the layer stays float, or how it becomes int8.
    var outcome: Result<Quantized, FloatReason>
    /// Arrays that become half floats although the layer stays float, by name.
    var narrowed: Set<String> = []
    var notes: [String] = []

    var quantized: Quantized? { try? outcome.get() }

    var decision: Decision {
        switch outcome {
        case .success: .int8
        case .failure(let reason): .float(reason)
        }
    }

    /// The params that change in the text.
    var edits: [ParamFile.Edit] {
        guard let params, let quantized else { return [] }
        return quantized.params
            .compactMap { name, value in
                params.type.param(name).map { ParamFile.Edit(layer: layer.index, id: $0.id, value: value) }
            }
            .sorted { $0.id < $1.id }
    }

    /// The arrays of the int8 twin in file order, as the catalogue's row lists them for the new params.
    func arrays() throws(FormatError) -> [Array] {
        guard let params, let quantized, let form = params.type.int8 else { return stored.map(copiedOrNarrowed) }
        let weights = Dictionary(form.weights.map { ($0.scales, $0.weight) }, uniquingKeysWith: { first, _ in first })
        let byName = Dictionary(stored.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        var arrays: [Array] = []
        for slot in try params.with(quantized.params).slots() {
            if let (walk, scales) = quantized.weights[slot.name] {
                arrays.append(.quantized(walk, scales: scales))
            } else if let scales = quantized.scales[slot.name] {
                arrays.append(.plain(scales))
            } else if let weight = weights[slot.name], quantized.weights[weight] != nil {
                arrays.append(.scales(of: weight))
            } else if let weight = byName[slot.name] {
                arrays.append(copiedOrNarrowed(weight))
            } else {
                throw params.error("the int8 form wants \(slot.name), which neither the file nor the table has")
            }
        }
        return arrays
    }

    private func copiedOrNarrowed(_ weight: StoredWeight) -> Array {
        narrowed.contains(weight.name) ? .narrowed(weight) : .copied(weight)
    }
}
