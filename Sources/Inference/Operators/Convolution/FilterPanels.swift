import Numerics

/// The weights of a convolution as the products want them: for each group of channels a left matrix, with a row for each
/// output channel.
struct FilterPanels: Sendable {
    enum Weights: Sendable {
        case float(Panels<Float>)
        /// The transforms of a 3 by 3 kernel for Winograd's algorithm.
        case winograd(Panels<Float>)
        case int8(Panels<Int32>, Filter.Scales)
    }

    /// Number of output channels.
    let outputs: Int
    let groups: Int
    /// Weights of one output channel.
    let rowCount: Int
    let weights: Weights
    /// One number for each output channel, or nil.
    let bias: [Float]?

    /// - Parameter windows: how the filter moves; where it fits Winograd's algorithm the weights are kept for that alone.
    ///   Without windows they are kept as they are.
    /// - Throws: `Misfit` where the output channels cannot be shared out over the groups.
    init(_ filter: Filter, groups: Int, windows: [Window]) throws {
        guard filter.outputs.isMultiple(of: groups) else {
            throw Misfit("has \(filter.outputs) output channels in \(groups) groups")
        }
        outputs = filter.outputs
        rowCount = filter.rowCount
        self.groups = groups
        let lanes = Lanes.rows(filter.outputs / groups, of: filter.rowCount)
        switch filter.weights {
        case .float(let values) where groups == 1 && Self.fitsWinograd(filter, windows):
            weights = .winograd(
                WinogradKernels.panels(of: values, outputs: filter.outputs, inputs: filter.rowCount / 9))
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

    /// Output channels of a group.
    var groupOutputs: Int { outputs / groups }

    /// Whether the weights are for tiles of places and not for single ones.
    var isTiled: Bool {
        if case .winograd = weights { true } else { false }
    }

    /// Whether Winograd's algorithm is right for a filter, and pays.
    ///
    /// It needs channels enough to hide its transforms, and its weights take four times the memory, which is little only
    /// where the filter is small.
    private static func fitsWinograd(_ filter: Filter, _ windows: [Window]) -> Bool {
        let inputs = filter.rowCount / 9
        let isThreeByThree =
            windows.first?.kernel == 1 && filter.rowCount.isMultiple(of: 9)
            && windows.dropFirst().allSatisfy { $0.with(before: 0, after: 0) == Window(kernel: 3) }
        return isThreeByThree && min(inputs, filter.outputs) >= 16 && inputs * filter.outputs <= 1 << 16
    }
}
