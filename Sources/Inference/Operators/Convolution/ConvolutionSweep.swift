import Numerics

/// One run of a convolution over an input that fits its weights.
///
/// Where each group is one channel with a kernel of its own, the kernel slides over it. Else the input is unfolded block by
/// block into the right matrix of a product whose left one are the weights; a thread unfolds what it multiplies.
struct ConvolutionSweep {
    let bottom: Tensor
    let channels: Int
    let filter: FilterPanels
    let padValue: Float
    let activation: Activation
    /// Places of the window along depth, height and width.
    let places: [Int]
    let layout: BorderedLayout

    static let products = ProductKernels.fast
    private static let kernels = WindowKernels.fast

    /// The top, in a shape of as many elements.
    func top(_ shape: [Int]) throws -> Tensor {
        switch filter.weights {
        case .winograd(let tile, let panels):
            let input = laidOut(try bottom.floats(), border: padValue)
            return try Tensor(everyFloat: shape) { out in
                guard let out = out.baseAddress else { return }
                multiplyTiles(tile, input, panels, into: out)
            }
        case .float(let panels) where isDepthwise:
            return try bottom.withFloats { input in
                try Tensor(everyFloat: shape) { out in
                    guard let input = input.baseAddress, let out = out.baseAddress else { return }
                    if areChannelsSmall {
                        slideSideBySide(input, panels, into: out)
                    } else {
                        slide(input, panels, into: out)
                    }
                    if activation.fused == nil {
                        Threads.each(channels) { activate(out + $0 * placeCount, count: placeCount) }
                    }
                }
            }
        case .float(let panels):
            let input = laidOut(try bottom.floats(), border: padValue)
            return try Tensor(everyFloat: shape) { out in
                guard let out = out.baseAddress else { return }
                multiply(input, panels, into: out)
            }
        case .int8(let panels, let scales) where isDepthwise:
            if case .int8(let bytes) = bottom.elements {
                return try int8Top(shape, scales) { body in
                    bytes.withUnsafeBufferPointer { bytes in
                        slide(panels, body) { channel, slide in
                            guard let bytes = bytes.baseAddress else { return }
                            slide(bytes + channel * planeSize)
                        }
                    }
                }
            }
            return try bottom.withFloats { floats in
                try int8Top(shape, scales) { body in
                    slide(panels, body) { channel, slide in
                        withUnsafeTemporaryAllocation(of: Int8.self, capacity: planeSize) { bytes in
                            guard let floats = floats.baseAddress, let start = bytes.baseAddress else { return }
                            Self.products.bytes(floats + channel * planeSize, planeSize, scales.input, start)
                            slide(start)
                        }
                    }
                }
            }
        case .int8(let panels, let scales):
            let input = laidOut(try Quantized.bytes(of: bottom, scale: scales.input), border: int8Border)
            return try int8Top(shape, scales) { multiply(input, panels, $0) }
        }
    }

    /// Sums of an output channel, with the first of their places.
    typealias SumsBody = (_ sums: UnsafePointer<Int32>, _ count: Int, _ output: Int, _ place: Int) -> Void

    /// The top of bytes, float or int8.
    ///
    /// - Parameter sweep: calls what it is given for all sums of the input.
    private func int8Top(
        _ shape: [Int], _ scales: Filter.Scales, _ sweep: (SumsBody) -> Void
    ) throws -> Tensor {
        guard let topScale = scales.top else {
            return try Tensor(everyFloat: shape) { out in
                guard let out = out.baseAddress else { return }
                sweep { sums, count, output, place in
                    finish(sums, count, scales, output, into: out + output * placeCount + place)
                }
            }
        }
        return try Tensor(int8: shape) { out in
            guard let out = out.baseAddress else { return }
            sweep { sums, count, output, place in
                withUnsafeTemporaryAllocation(of: Float.self, capacity: count) { floats in
                    guard let start = floats.baseAddress else { return }
                    finish(sums, count, scales, output, into: start)
                    Self.products.bytes(start, count, topScale, out + output * placeCount + place)
                }
            }
        }
    }

    private func laidOut<Element: LaidOutElement>(_ input: [Element], border: Element)
        -> BorderedLayout.Content<Element>
    {
        layout.laidOut(input, channels: channels, border: border)
    }

    /// Elements of a channel of the bottom.
    var planeSize: Int { bottom.count / channels }

    /// ncnn puts the border round the signed bytes and cuts the pad value to one, without a scale.
    private var int8Border: Int8 { Quantized.cut(padValue) }

    private var isDepthwise: Bool { filter.groupOutputs == 1 && channels == filter.groups }

    var placeCount: Int { places.reduce(1, *) }

    // MARK: Float

    private func slide(
        _ input: UnsafePointer<Float>, _ panels: Panels<Float>, into out: UnsafeMutablePointer<Float>
    ) {
        // Taken out of the struct once: what a loop counts references to, its threads fight over.
        let (layout, padValue, planes) = (layout, padValue, planes)
        let (planeSize, placeCount, fused) = (planeSize, placeCount, activation.fused ?? .none)
        let biases = filter.bias ?? [Float](repeating: 0, count: channels)
        let distances = layout.distances(channels: 1)
        panels.withPanels { weights in
            distances.withUnsafeBufferPointer { distances in
                biases.withUnsafeBufferPointer { biases in
                    Self.eachFew(channels) { few in
                        // Laid out channel by channel, each while it is in a near cache.
                        layout.withRoom(border: padValue) { room in
                            for channel in few {
                                let (from, to) = (input + channel * planeSize, out + channel * placeCount)
                                let taps = weights + channel * distances.count
                                guard room.layout.depth.size > 1 else {
                                    Self.kernels.slideChannel(
                                        from, room.layout, room.border, distances, planes.plane, taps, biases[channel],
                                        fused, room.elements, to)
                                    continue
                                }
                                room.layOut(from)
                                for depth in 0..<planes.count {
                                    Self.kernels.slideFloat(
                                        room.elements + depth * planes.distance, distances, planes.plane, taps,
                                        biases[channel], fused, to + depth * planes.places)
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    private func multiply(
        _ input: BorderedLayout.Content<Float>, _ panels: Panels<Float>, into out: UnsafeMutablePointer<Float>
    ) {
        let depth = filter.rowCount
        // As one array, because a product may begin with a number for each row or with none.
        let bias = filter.bias ?? [Float](repeating: 0, count: filter.outputs)
        eachBlock(input) { block, input, distances in
            withUnsafeTemporaryAllocation(
                of: Float.self, capacity: depth * block.places.count + Panels<Float>.slack + CacheLine.floats
            ) { scratch in
                guard let scratch = scratch.baseAddress?.atLine else { return }
                layout.eachPanel(block.places) { first, runs, lanes in
                    let panel = scratch + (first - block.places.lowerBound) * depth
                    Self.kernels.unfoldFloat(input, distances, runs, lanes, panel)
                }
                let first = block.group * filter.groupOutputs + block.outputs.lowerBound
                let top = out + first * placeCount + block.places.lowerBound
                panels.withPanels(of: block.group, from: block.outputs.lowerBound) { weights in
                    bias.withUnsafeBufferPointer { bias in
                        guard let bias = bias.baseAddress else { return }
                        Self.products.multiplyFloat(
                            weights, scratch,
                            ProductExtents(rows: block.outputs.count, columns: block.places.count, depth: depth),
                            .ofRow(bias + first), activation.fused ?? .none, top, placeCount)
                    }
                }
                for row in 0..<block.outputs.count { activate(top + row * placeCount, count: block.places.count) }
            }
        }
    }

    /// Applies an activation that kernels do not have.
    func activate(_ values: UnsafeMutablePointer<Float>, count: Int) {
        if activation.fused == nil { activation.apply(to: UnsafeMutableBufferPointer(start: values, count: count)) }
    }

    // MARK: Int8

    /// - Parameter withBytes: lends a channel's signed bytes.
    private func slide(
        _ panels: Panels<Int32>, _ body: SumsBody,
        _ withBytes: (_ channel: Int, _ body: (UnsafePointer<Int8>) -> Void) -> Void
    ) {
        let (layout, border, planes, placeCount) = (layout, int8Border, planes, placeCount)
        let distances = layout.distances(channels: 1)
        let laneSize = panels.laneSize
        panels.withPanels { weights in
            distances.withUnsafeBufferPointer { distances in
                Self.eachFew(channels) { few in
                    withUnsafeTemporaryAllocation(of: Int32.self, capacity: placeCount) { sums in
                        guard let sums = sums.baseAddress else { return }
                        layout.withRoom(border: border) { room in
                            for channel in few {
                                withBytes(channel) { room.layOut($0) }
                                for depth in 0..<planes.count {
                                    Self.kernels.slideInt8(
                                        room.elements + depth * planes.distance, distances, planes.plane,
                                        weights + channel * laneSize, sums + depth * planes.places)
                                }
                                body(sums, placeCount, channel, 0)
                            }
                        }
                    }
                }
            }
        }
    }

    /// Calls `body` for a few channels at a time, which share what is set up for them; threads share all, so that none waits
    /// long for the last.
    private static func eachFew(_ channels: Int, _ body: (Range<Int>) -> Void) {
        let few = max(1, min(8, channels / (4 * Threads.limit)))
        Threads.each((channels + few - 1) / few) { body($0 * few..<min(($0 + 1) * few, channels)) }
    }

    private func multiply(
        _ input: BorderedLayout.Content<Int8>, _ panels: Panels<Int32>, _ body: SumsBody
    ) {
        let size = Self.products.packing.words(.right, depth: filter.rowCount)
        // So many rows at a time that their sums stay in a near cache.
        let slice = 16 * PanelSide.left.width
        eachBlock(input) { block, input, distances in
            withUnsafeTemporaryAllocation(
                of: Int32.self, capacity: size * block.places.count + Panels<Int32>.slack
            ) { scratch in
                guard let scratch = scratch.baseAddress else { return }
                layout.eachPanel(block.places) { first, runs, lanes in
                    let panel = scratch + (first - block.places.lowerBound) * size
                    Self.kernels.unfoldInt8(input, distances, runs, lanes, panel)
                }
                let columns = block.places.count
                withUnsafeTemporaryAllocation(of: Int32.self, capacity: min(slice, block.outputs.count) * columns) {
                    sums in
                    guard let sums = sums.baseAddress else { return }
                    for first in stride(from: block.outputs.lowerBound, to: block.outputs.upperBound, by: slice) {
                        let rows = min(slice, block.outputs.upperBound - first)
                        panels.withPanels(of: block.group, from: first) { weights in
                            Self.products.multiplyInt8(
                                weights, scratch, ProductExtents(rows: rows, columns: columns, depth: filter.rowCount),
                                sums, columns)
                        }
                        for row in 0..<rows {
                            body(
                                sums + row * columns, columns, block.group * filter.groupOutputs + first + row,
                                block.places.lowerBound)
                        }
                    }
                }
            }
        }
    }

    /// Makes floats of the sums of an output channel.
    private func finish(
        _ sums: UnsafePointer<Int32>, _ count: Int, _ scales: Filter.Scales, _ output: Int,
        into out: UnsafeMutablePointer<Float>
    ) {
        Self.products.finish(
            sums, count, scales.dequantizer(output), filter.bias?[output], activation.fused ?? .none, out)
        activate(out, count: count)
    }

    // MARK: Shares

    /// The planes of a channel's places, one for each index of depth.
    struct Planes {
        let count: Int
        let plane: SlidingPlane
        /// From one to the next, in the input and among the places.
        let distance: Int
        let places: Int
    }

    var planes: Planes {
        let places = layout.places
        return Planes(
            count: places[0], plane: SlidingPlane(rows: places[1], rowStride: layout.rowStride, columns: places[2]),
            distance: layout.start(ofDepth: 1), places: places[1] * places[2])
    }

    /// Some output channels of a group at some places.
    struct Block {
        let group: Int
        let outputs: Range<Int>
        let places: Range<Int>
    }

    /// Shares the work out and calls `body` for each block, with the input of its group.
    private func eachBlock<Element>(
        _ input: BorderedLayout.Content<Element>,
        _ body: (Block, UnsafePointer<Element>, UnsafeBufferPointer<Int>) -> Void
    ) {
        let inputs = channels / filter.groups
        let distances = layout.distances(channels: inputs)
        let (mostPanels, mostWords) = (12, 1 << 20)
        let size = max(1, min(mostPanels, mostWords / (filter.rowCount * PanelSide.right.width)))
        let blocks = blocks(of: placeCount, panels: size)
        input.elements.withUnsafeBufferPointer { elements in
            distances.withUnsafeBufferPointer { distances in
                guard let elements = elements.baseAddress else { return }
                Threads.each(blocks.count) { index in
                    let start = input.start + blocks[index].group * inputs * layout.planeSize
                    body(blocks[index], elements + start, distances)
                }
            }
        }
    }

    /// Blocks of as many places as are worth unfolding at a time; where there are few places, threads share the output
    /// channels instead and each unfolds for itself.
    ///
    /// - Parameter size: the most panels of a block.
    func blocks(of placeCount: Int, panels size: Int) -> [Block] {
        let (rowWidth, width) = (PanelSide.left.width, PanelSide.right.width)
        let panels = (placeCount + width - 1) / width
        let sharesOutputs =
            Threads.limit > 1 && filter.groups < Threads.limit && panels < 4 * Threads.limit
            && filter.groupOutputs >= 4 * rowWidth * Threads.limit
        let columns = Self.shares(panels, of: size, multiple: sharesOutputs ? 1 : Threads.limit)
        let rows =
            sharesOutputs
            ? Self.shares((filter.groupOutputs + rowWidth - 1) / rowWidth, of: .max, multiple: Threads.limit)
            : [0..<(filter.groupOutputs + rowWidth - 1) / rowWidth]
        return (0..<filter.groups).flatMap { group in
            columns.flatMap { columns in
                rows.map { rows in
                    Block(
                        group: group,
                        outputs: rows.lowerBound * rowWidth..<min(rows.upperBound * rowWidth, filter.groupOutputs),
                        places: columns.lowerBound * width..<min(columns.upperBound * width, placeCount))
                }
            }
        }
    }

    /// Cuts a range into parts of nearly the same size, none larger than `size`, and as many that threads have equally many
    /// where that is possible.
    private static func shares(_ count: Int, of size: Int, multiple: Int) -> [Range<Int>] {
        let least = (count - 1) / size + 1
        let parts = min(count, (least + multiple - 1) / multiple * multiple)
        return (0..<parts).map { $0 * count / parts..<($0 + 1) * count / parts }
    }
}
