import Numerics

/// Convolutions of one, two and three dimensions, grouped or not, float or int8.
struct Convolution: Operator {
    /// Where the weights come from.
    enum FilterSource: Sendable {
        case stored(Filter)
        /// The second bottom, and the third for the bias.
        case bottoms(hasBias: Bool)
    }

    let rank: SpatialRank
    let group: Int
    let windows: [Window]
    let border: Border
    let padValue: Float
    let activation: Activation
    let filter: FilterSource

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
            self.filter = .stored(try Filter(source, hasInt8: traits.contains(.int8)))
            (windows, border) = try Border.read(source, rank, windows: source.windows(rank))
        }
    }

    var topScale: Float? {
        guard case .stored(let filter) = filter, case .int8(let weights) = filter.weights else { return nil }
        return weights.topScale
    }

    func run(_ bottoms: [Tensor]) throws -> [Tensor] {
        let bottom = try bottoms.bottom(0)
        let (filter, windows) = try self.filter(for: bottoms)
        if rank == .two, bottom.axisCount == 1, case .float = filter.weights, filter.rowCount == bottom.count,
            windows[1].kernel == 1, windows[2].kernel == 1
        {
            // A vector is taken for a fully connected layer's input (ncnn src/layer/convolution.cpp at a4d2ea1d).
            return try InnerProduct(filter: filter, activation: activation).run([bottom])
        }
        let (channels, extents) = try rank.extents(of: bottom)
        let unfolding = try Unfolding(extents: extents, windows: border.applied(to: windows, extents: extents))
        try check(filter, windows: windows, channels: channels)
        let shape = rank.shape(channels: filter.outputs, extents: unfolding.places)
        switch filter.weights {
        case .float(let weights):
            return [try float(bottom, weights, filter, unfolding, shape: shape)]
        case .int8(let weights):
            return [try int8(bottom, weights, filter, unfolding, shape: shape)]
        }
    }

    /// The weights, and the windows with their kernel.
    private func filter(for bottoms: [Tensor]) throws -> (Filter, [Window]) {
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
            return (filter, zip(windows, kernels).map { $0.with(kernel: $1) })
        }
    }

    /// Refuses weights that are not as many as the channels and kernel elements ask for.
    private func check(_ filter: Filter, windows: [Window], channels: Int) throws {
        guard channels.isMultiple(of: group), filter.outputs.isMultiple(of: group) else {
            throw Misfit("has \(channels) input and \(filter.outputs) output channels in \(group) groups")
        }
        try filter.check(inputs: channels / group, windows: windows)
    }

    private func float(
        _ bottom: Tensor, _ weights: [Float], _ filter: Filter, _ unfolding: Unfolding, shape: [Int]
    ) throws -> Tensor {
        let input = try bottom.floats()
        return try Tensor(floats: shape) { out in
            eachTile(input, border: padValue.bitPattern, filter, unfolding) { tile in
                let sums = UnsafeMutableBufferPointer(rebasing: out[tile.elements(unfolding)])
                tile.columns.withMemoryRebound(to: Float.self, capacity: tile.wordCount(filter.rowCount)) {
                    filter.multiply(tile.output, of: weights, by: $0, stride: tile.stride, into: sums)
                }
                activation.apply(to: sums)
            }
        }
    }

    private func int8(
        _ bottom: Tensor, _ weights: Filter.Int8Weights, _ filter: Filter, _ unfolding: Unfolding, shape: [Int]
    ) throws -> Tensor {
        let input = try Quantized.words(of: bottom, scale: weights.inputScale)
        // ncnn puts the border round the signed bytes and cuts the pad value to one, without a scale.
        let border = UInt32(bitPattern: Int32(Quantized.cut(padValue)))

        func eachRow(_ place: (Tile, (UnsafeMutableBufferPointer<Float>) -> Void) -> Void) {
            eachTile(input, border: border, filter, unfolding) { tile in
                place(tile) { sums in
                    tile.columns.withMemoryRebound(to: Int32.self, capacity: tile.wordCount(filter.rowCount)) {
                        filter.multiply(tile.output, of: weights, by: $0, stride: tile.stride, into: sums)
                    }
                    activation.apply(to: sums)
                }
            }
        }
        guard let topScale = weights.topScale else {
            return try Tensor(floats: shape) { out in
                eachRow { tile, fill in fill(UnsafeMutableBufferPointer(rebasing: out[tile.elements(unfolding)])) }
            }
        }
        return try Tensor(int8: shape) { out in
            eachRow { tile, fill in
                var sums = [Float](repeating: 0, count: tile.range.count)
                sums.withUnsafeMutableBufferPointer { sums in
                    fill(sums)
                    let bytes = UnsafeMutableBufferPointer(rebasing: out[tile.elements(unfolding)])
                    Quantized.bytes(UnsafeBufferPointer(sums), scale: topScale, into: bytes)
                }
            }
        }
    }

    /// One output channel over some places of the window.
    private struct Tile {
        let output: Int
        let range: Range<Int>
        /// The unfolded input: a row of `stride` words for each weight of the output channel.
        let columns: UnsafePointer<UInt32>
        let stride: Int

        func wordCount(_ rows: Int) -> Int { (rows - 1) * stride + range.count }

        /// Where its results lie in the top.
        func elements(_ unfolding: Unfolding) -> Range<Int> {
            let start = output * unfolding.placeCount + range.lowerBound
            return start..<start + range.count
        }
    }

    /// Unfolds the input piece by piece, within bounded memory, and calls `body` for every output channel of each piece.
    private func eachTile<Word: BitwiseCopyable>(
        _ input: [Word], border: UInt32, _ filter: Filter, _ unfolding: Unfolding, _ body: (Tile) -> Void
    ) {
        let outputs = filter.outputs / group
        let size = max(1, min(unfolding.placeCount, Self.matrixLimit / filter.rowCount))
        var matrix = [UInt32](repeating: 0, count: unfolding.isIdentity ? 0 : size * filter.rowCount)
        input.withUnsafeBytes { bytes in
            guard let words = bytes.baseAddress?.assumingMemoryBound(to: UInt32.self) else { return }
            let channels = input.count / unfolding.plane / group
            for part in 0..<group {
                let first = words + part * channels * unfolding.plane
                var start = 0
                while start < unfolding.placeCount {
                    let range = start..<min(start + size, unfolding.placeCount)
                    func each(_ columns: UnsafePointer<UInt32>, stride: Int) {
                        Threads.each(outputs) {
                            body(Tile(output: part * outputs + $0, range: range, columns: columns, stride: stride))
                        }
                    }
                    if unfolding.isIdentity {
                        each(first + start, stride: unfolding.plane)
                    } else {
                        matrix.withUnsafeMutableBufferPointer { matrix in
                            guard let matrix = matrix.baseAddress else { return }
                            unfolding.write(range, of: first, channels: channels, border: border, to: matrix)
                            each(UnsafePointer(matrix), stride: range.count)
                        }
                    }
                    start = range.upperBound
                }
            }
        }
    }

    /// Words of the unfolded matrix that are held at a time (4 MiB).
    private static let matrixLimit = 1 << 20
}
