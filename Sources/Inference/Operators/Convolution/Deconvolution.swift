import Numerics

/// Transposed convolutions of one, two and three dimensions, grouped or not.
struct Deconvolution: Operator {
    /// What is cut from the full output.
    enum Cut: Sendable {
        /// As much as the pads in the windows say.
        case pads
        /// All beyond these extents; the odd element behind, or before where it is lower.
        case extents([Int], isLower: Bool)
    }

    let rank: SpatialRank
    let group: Int
    /// The windows; their borders are what is cut.
    let windows: [Window]
    /// Elements that the output has beyond what the windows reach, by axis.
    let outputPads: [Int]
    let cut: Cut
    let activation: Activation
    let filter: FilterSource<Filter>

    init(_ source: LayerSource, _ rank: SpatialRank, _ traits: Convolution.Traits) throws {
        self.rank = rank
        group = traits.contains(.grouped) ? try source.int("group") : 1
        guard group >= 1 else { throw Misfit("group is \(group), wanted at least 1") }
        activation = try Activation(source)
        outputPads = rank.three(try rank.axes.map { try source.int("output_\($0.after)") }, or: 0)
        guard outputPads.allSatisfy({ $0 >= 0 }) else {
            throw Misfit("has output pads \(outputPads), wanted none below 0")
        }
        let isDynamic = traits.contains(.dynamic) ? try source.flag("dynamic_weight") : false
        filter =
            isDynamic
            ? .bottoms(hasBias: try source.flag("bias_term")) : .stored(try Filter(source, hasInt8: false))
        let pads = try source.pads(rank)
        let all = pads.suffix(rank.rawValue).flatMap { [$0.before, $0.after] }
        let extents = try rank.axes.map { try source.int("output_\($0.ending)") }
        let plain = try source.windows(rank, hasKernel: !isDynamic)
        if all.contains(where: { $0 > 0 }) {
            guard all.allSatisfy({ $0 >= 0 }) else { throw Misfit("has pads \(all), some below 0") }
            windows = zip(plain, pads).map { $0.with(before: $1.before, after: $1.after) }
            cut = .pads
        } else if extents.allSatisfy({ $0 > 0 }) {
            guard all.contains(-233) || all.contains(-234) else {
                throw Misfit("has an output extent of \(extents), but pads \(all) that are neither -233 nor -234")
            }
            windows = plain
            cut = .extents(rank.three(extents, or: 1), isLower: !all.contains(-233))
        } else {
            windows = plain
            cut = .pads
        }
    }

    func run(_ bottoms: [Tensor]) throws -> [Tensor] {
        let bottom = try bottoms.bottom(0)
        let (channels, extents) = try rank.extents(of: bottom)
        let (filter, sized) = try self.filter(for: bottoms, channels: channels)
        guard channels.isMultiple(of: group), filter.outputs.isMultiple(of: group) else {
            throw Misfit("has \(channels) input and \(filter.outputs) output channels in \(group) groups")
        }
        try filter.check(inputs: channels / group, windows: sized)
        guard case .float(let weights) = filter.weights else { throw Misfit("has int8 weights, wanted floats") }

        let full = (0..<3).map { (extents[$0] - 1) * sized[$0].stride + sized[$0].reach + outputPads[$0] }
        let plane = try Tensor.count(of: full)
        let windows = try borders(of: sized, full: full)
        let places = (0..<3).map { full[$0] - windows[$0].before - windows[$0].after }
        let input = try bottom.floats()
        let inputs = channels / group
        return [
            try Tensor(floats: rank.shape(channels: filter.outputs, extents: places)) { out in
                guard let out = out.baseAddress else { return }
                Threads.each(filter.outputs) { output in
                    var sums = [Float](repeating: filter.bias?[output] ?? 0, count: plane)
                    let first = output / (filter.outputs / group) * inputs
                    sums.withUnsafeMutableBufferPointer { sums in
                        scatter(
                            input, from: first, count: inputs, extents, weights[(output * filter.rowCount)...], windows,
                            full, sums)
                        activation.apply(to: sums)
                        Self.copy(sums, full, windows, places, to: out + output * places.reduce(1, *))
                    }
                }
            }
        ]
    }

    /// The weights, and the windows with their kernel.
    ///
    /// Weights that come as a bottom lie by input channel: `[inputs, outputs of a group, kernel…]`.
    private func filter(for bottoms: [Tensor], channels: Int) throws -> (Filter, [Window]) {
        guard case .bottoms(let hasBias) = filter else {
            guard case .stored(let stored) = filter else { throw Misfit("has no weights") }
            return (stored, windows)
        }
        let tensor = try bottoms.bottom(1)
        guard tensor.axisCount == rank.rawValue + 2, tensor.shape[0] == channels, channels.isMultiple(of: group) else {
            throw Misfit(
                "the weights' shape is \(tensor.shape), wanted \(rank.rawValue + 2) axes, the first of \(channels) in "
                    + "\(group) groups")
        }
        let kernels = rank.three(Array(tensor.shape.suffix(rank.rawValue)), or: 1)
        let (inputs, outputs) = (channels / group, tensor.shape[1])
        let volume = tensor.innerCount / outputs
        let values = try tensor.floats()
        var turned: [Float] = []
        turned.reserveCapacity(values.count)
        for part in 0..<group {
            for output in 0..<outputs {
                for input in 0..<inputs {
                    let start = ((part * inputs + input) * outputs + output) * volume
                    turned += values[start..<start + volume]
                }
            }
        }
        let bias = hasBias ? try bottoms.bottom(2).floats() : nil
        let filter = try Filter(outputs: outputs * group, weights: .float(turned), bias: bias)
        return (filter, zip(windows, kernels).map { $0.with(kernel: $1) })
    }

    /// The windows with what is cut from an output of these extents.
    private func borders(of windows: [Window], full: [Int]) throws -> [Window] {
        guard case .extents(let wanted, let isLower) = cut else { return windows }
        return try windows.indices.map { axis in
            let total = axis < 3 - rank.rawValue ? 0 : full[axis] - wanted[axis]
            guard total >= 0 else { throw Misfit("has an output of \(full), wanted at least \(wanted)") }
            let before = isLower ? total - total / 2 : total / 2
            return windows[axis].with(before: before, after: total - before)
        }
    }

    /// Adds every input element, times the kernel, to the places of the output that it reaches.
    private func scatter(
        _ input: [Float], from first: Int, count: Int, _ extents: [Int], _ weights: ArraySlice<Float>,
        _ windows: [Window], _ full: [Int], _ sums: UnsafeMutableBufferPointer<Float>
    ) {
        let plane = extents.reduce(1, *)
        input.withUnsafeBufferPointer { input in
            guard let input = input.baseAddress, let sums = sums.baseAddress else { return }
            var weight = weights.startIndex
            for channel in first..<first + count {
                for z in 0..<windows[0].kernel {
                    for y in 0..<windows[1].kernel {
                        for x in 0..<windows[2].kernel {
                            let factor = weights[weight]
                            weight += 1
                            for line in 0..<extents[0] * extents[1] {
                                let depth = line / extents[1] * windows[0].stride + z * windows[0].dilation
                                let row = line % extents[1] * windows[1].stride + y * windows[1].dilation
                                Self.add(
                                    input + channel * plane + line * extents[2], times: factor,
                                    to: sums + (depth * full[1] + row) * full[2] + x * windows[2].dilation,
                                    step: windows[2].stride, count: extents[2])
                            }
                        }
                    }
                }
            }
        }
    }

    private static func add(
        _ values: UnsafePointer<Float>, times factor: Float, to out: UnsafeMutablePointer<Float>, step: Int, count: Int
    ) {
        var index = 0
        var place = 0
        while index < count {
            out[place] += values[index] * factor
            index &+= 1
            place &+= step
        }
    }

    /// Copies what is left of a full output when its borders are cut.
    private static func copy(
        _ sums: UnsafeMutableBufferPointer<Float>, _ full: [Int], _ windows: [Window], _ places: [Int],
        to out: UnsafeMutablePointer<Float>
    ) {
        guard let sums = sums.baseAddress else { return }
        var target = out
        for depth in 0..<places[0] {
            for row in 0..<places[1] {
                let line = (depth + windows[0].before) * full[1] + row + windows[1].before
                target.update(from: sums + line * full[2] + windows[2].before, count: places[2])
                target += places[2]
            }
        }
    }
}
