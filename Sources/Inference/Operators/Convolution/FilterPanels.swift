import Numerics

/// The weights of a convolution as the products want them: for each group of channels a left matrix, with a row for each
/// output channel.
struct FilterPanels: Sendable {
    enum Weights: Sendable {
        case float(Panels<Float>)
        /// The transforms of a 3 by 3 kernel for Winograd's algorithm.
        case winograd(WinogradTile, Panels<Float>)
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
        let tile = groups == 1 ? Self.tile(for: filter, windows) : nil
        switch (filter.weights, tile) {
        case (.float(let values), let tile?):
            weights = .winograd(
                tile, tile.panels(of: values, outputs: filter.outputs, inputs: filter.rowCount / 9))
        case (.float(let values), nil):
            weights = .float(Panels(.left, lanes, of: values))
        case (.int8(let bytes, let scales), _):
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

    /// The tiles of places that the weights are for; nil where they are for single ones.
    var tile: WinogradTile? {
        if case .winograd(let tile, _) = weights { tile } else { nil }
    }

    /// The tiles by which Winograd's algorithm is right for a filter, and pays.
    ///
    /// It needs channels enough to hide its transforms. Weights take four times the memory with tiles of four by four places,
    /// which is little only where the filter is small, and not quite twice with two by two. Channels are bounded because a thread
    /// has the transforms of all inputs and the sums of all outputs at a time.
    ///
    /// An element that is infinite or no number reaches all places of its tiles, not only those whose window has it.
    static func tile(for filter: Filter, _ windows: [Window]) -> WinogradTile? {
        let inputs = filter.rowCount / 9
        let isThreeByThree =
            windows.first?.kernel == 1 && filter.rowCount.isMultiple(of: 9)
            && windows.dropFirst().allSatisfy { $0.with(before: 0, after: 0) == Window(kernel: 3) }
        let channels = 16...4096
        guard isThreeByThree, channels.contains(inputs), channels.contains(filter.outputs) else { return nil }
        let (mostOfFour, mostOfTwo) = (1 << 16, 1 << 20)
        let pairs = inputs * filter.outputs
        return pairs <= mostOfFour ? .four : pairs <= mostOfTwo ? .two : nil
    }
}
