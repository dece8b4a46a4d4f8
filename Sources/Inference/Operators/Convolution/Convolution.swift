import Numerics

/// Convolutions of one, two and three dimensions, grouped or not, float or int8.
struct Convolution: Operator {
    let rank: SpatialRank
    let group: Int
    let windows: [Window]
    let border: Border
    let padValue: Float
    let activation: Activation
    let filter: FilterSource<FilterPanels>

    /// What a layer type has beside the params that all convolutions share.
    struct Traits: OptionSet {
        let rawValue: Int

        static let grouped = Traits(rawValue: 1)
        static let int8 = Traits(rawValue: 2)
        static let dynamic = Traits(rawValue: 4)
        static let padValue = Traits(rawValue: 8)
    }

    init(_ source: LayerSource, _ rank: SpatialRank, _ traits: Traits) throws {
        self.rank = rank
        self.group = traits.contains(.grouped) ? try source.int("group") : 1
        guard group >= 1 else { throw Misfit("group is \(group), wanted at least 1") }
        self.padValue = traits.contains(.padValue) ? try source.float("pad_value") : 0
        self.activation = try Activation(source)
        if traits.contains(.dynamic), try source.flag("dynamic_weight") {
            self.filter = .bottoms(hasBias: try source.flag("bias_term"))
            // The kernel comes with the weights; the param may be left out.
            let steps = try source.windows(rank, hasKernel: false)
            (windows, border) = try Border.read(source, rank, windows: steps)
        } else {
            (windows, border) = try Border.read(source, rank, windows: source.windows(rank))
            let stored = try Filter(source, hasInt8: traits.contains(.int8))
            self.filter = .stored(try FilterPanels(stored, groups: group, windows: windows))
        }
    }

    var topScale: Float? {
        if case .stored(let filter) = filter { filter.topScale } else { nil }
    }

    func run(_ bottoms: [Tensor]) throws -> [Tensor] {
        let bottom = try bottoms.bottom(0)
        let (filter, windows) = try self.filter(for: bottoms)
        if rank == .two, bottom.axisCount == 1, case .float = filter.weights, filter.rowCount == bottom.count,
            windows[1].kernel == 1, windows[2].kernel == 1
        {
            // A vector is taken for a fully connected layer's input (ncnn src/layer/convolution.cpp at a4d2ea1d).
            let unfolding = try Unfolding(extents: [1, 1, 1], windows: [Window(), Window(), Window()])
            return [try sweep(bottom, filter, unfolding, channels: bottom.count).top([filter.outputs])]
        }
        let (channels, extents) = try rank.extents(of: bottom)
        let unfolding = try Unfolding(extents: extents, windows: border.applied(to: windows, extents: extents))
        guard channels.isMultiple(of: group) else {
            throw Misfit("has \(channels) input and \(filter.outputs) output channels in \(group) groups")
        }
        try Filter.check(filter.rowCount, inputs: channels / group, windows: windows)
        let shape = rank.shape(channels: filter.outputs, extents: unfolding.places)
        return [try sweep(bottom, filter, unfolding, channels: channels).top(shape)]
    }

    private func sweep(
        _ bottom: Tensor, _ filter: FilterPanels, _ unfolding: Unfolding, channels: Int
    ) throws -> ConvolutionSweep {
        return ConvolutionSweep(
            bottom: bottom, channels: channels, filter: filter, padValue: padValue, activation: activation,
            places: unfolding.places,
            layout: try BorderedLayout(filter.tile.map(unfolding.tiled) ?? unfolding, channels: channels))
    }

    /// The weights, and the windows with their kernel.
    private func filter(for bottoms: [Tensor]) throws -> (FilterPanels, [Window]) {
        switch filter {
        case .stored(let filter):
            return (filter, windows)
        case .bottoms(let hasBias):
            let weights = try bottoms.bottom(1)
            guard weights.axisCount > rank.rawValue else {
                throw Misfit("the weights' shape is \(weights.shape), wanted more than \(rank.rawValue) axes")
            }
            let kernels = rank.three(Array(weights.shape.suffix(rank.rawValue)), or: 1)
            let bias = hasBias ? try bottoms.bottom(2).floats() : nil
            let filter = try Filter(outputs: weights.shape[0], weights: .float(weights.floats()), bias: bias)
            let sized = zip(windows, kernels).map { $0.with(kernel: $1) }
            // Without windows the weights are taken as they are: what is used once does not pay for its transforms.
            return (try FilterPanels(filter, groups: group, windows: []), sized)
        }
    }
}
