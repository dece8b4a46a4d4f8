import Numerics

/// The weights of a convolution as the products want them: for each group of channels a left matrix, with a row for each
/// output channel.
struct FilterPanels: Sendable {
    enum Weights: Sendable {
        case float(Panels<Float>)
        case int8(Panels<Int16>, Filter.Scales)
    }

    /// Number of output channels.
    let outputs: Int
    let groups: Int
    /// Weights of one output channel.
    let rowCount: Int
    let weights: Weights
    /// One number for each output channel; zeros where float weights have none.
    let bias: [Float]?

    /// - Throws: `Misfit` where the output channels cannot be shared out over the groups.
    init(_ filter: Filter, groups: Int) throws {
        guard filter.outputs.isMultiple(of: groups) else {
            throw Misfit("has \(filter.outputs) output channels in \(groups) groups")
        }
        outputs = filter.outputs
        rowCount = filter.rowCount
        self.groups = groups
        let lanes = Lanes.rows(filter.outputs / groups, of: filter.rowCount)
        switch filter.weights {
        case .float(let values):
            weights = .float(Panels(.left, lanes, of: values))
        case .int8(let bytes, let scales):
            weights = .int8(Panels(.left, lanes, of: bytes), scales)
        }
        bias = filter.bias
    }

    /// The scale of the layer's int8 output; nil where the output is float.
    var topScale: Float? {
        if case .int8(_, let scales) = weights { scales.top } else { nil }
    }

    /// Weights of a group of channels: each output channel has one for each of its input channels and kernel elements.
    var groupOutputs: Int { outputs / groups }
}
