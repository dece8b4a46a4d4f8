import Numerics

extension ConvolutionSweep {
    /// Tile by tile of four by four places, with the weights' transforms.
    func multiplyTiles(
        _ input: BorderedLayout.Content<Float>, _ panels: Panels<Float>, into out: UnsafeMutablePointer<Float>
    ) {
        let tiling = WinogradTiling.float
        eachTileBlock(input, tiling) { block, input, distances in
            let (rows, columns) = (block.outputs.count, block.places.count)
            // Of one matrix of transformed elements, and of one of sums.
            let stride = channels * columns + Panels<Float>.slack
            let sumStride = rows * columns + Panels<Float>.slack
            withUnsafeTemporaryAllocation(of: Float.self, capacity: tiling.size * (stride + sumStride)) { scratch in
                guard let elements = scratch.baseAddress else { return }
                let sums = elements + tiling.size * stride
                layout.eachPanel(block.places) { first, runs, lanes in
                    let panel = elements + (first - block.places.lowerBound) * channels
                    for channel in 0..<channels {
                        WinogradKernels.fast.gather(
                            input + channel * layout.planeSize, distances, runs, lanes, panel + channel * lanes, stride)
                    }
                }
                for matrix in 0..<tiling.size {
                    panels.withPanels(of: matrix, from: block.outputs.lowerBound) { weights in
                        Self.products.multiplyFloat(
                            weights, elements + matrix * stride,
                            ProductExtents(rows: rows, columns: columns, depth: channels), .zero, .none,
                            sums + matrix * sumStride, columns)
                    }
                }
                eachPanel(of: block, tiling) { (row, first, lines: UnsafeMutablePointer<Float>) in
                    let output = block.outputs.lowerBound + row
                    WinogradKernels.fast.lines(
                        sums + row * columns + first - block.places.lowerBound, sumStride, filter.bias?[output] ?? 0,
                        activation.fused ?? .none, lines)
                    return { line, count, place in
                        (out + output * placeCount + place).update(from: line, count: count)
                    }
                }
            }
        }
        Threads.each(filter.outputs) { activate(out + $0 * placeCount, count: placeCount) }
    }

    /// Tile by tile of two by two places, with the weights' transforms.
    func multiplyTiles(_ input: BorderedLayout.Content<Int8>, _ panels: Panels<Int16>, _ body: SumsBody) {
        let tiling = WinogradTiling.int8
        let depth = panels.laneSize
        eachTileBlock(input, tiling) { block, input, distances in
            let (rows, columns) = (block.outputs.count, block.places.count)
            let stride = depth * columns + Panels<Int16>.slack
            let sumStride = rows * columns + Panels<Int16>.slack
            withUnsafeTemporaryAllocation(of: Int16.self, capacity: tiling.size * stride) { scratch in
                withUnsafeTemporaryAllocation(of: Int32.self, capacity: tiling.size * sumStride) { sums in
                    guard let elements = scratch.baseAddress, let sums = sums.baseAddress else { return }
                    layout.eachPanel(block.places) { first, runs, lanes in
                        let panel = elements + (first - block.places.lowerBound) * depth
                        for channel in Swift.stride(from: 0, to: channels, by: 2) {
                            let one = input + channel * layout.planeSize
                            WinogradKernels.fast.gatherInt8(
                                one, channel + 1 < channels ? one + layout.planeSize : nil, distances, runs, lanes,
                                panel + channel * lanes, stride)
                        }
                    }
                    for matrix in 0..<tiling.size {
                        panels.withPanels(of: matrix, from: block.outputs.lowerBound) { weights in
                            Self.products.multiplyInt8(
                                weights, elements + matrix * stride,
                                ProductExtents(rows: rows, columns: columns, depth: channels),
                                sums + matrix * sumStride,
                                columns)
                        }
                    }
                    eachPanel(of: block, tiling) { (row, first, lines: UnsafeMutablePointer<Int32>) in
                        WinogradKernels.fast.linesInt8(
                            sums + row * columns + first - block.places.lowerBound, sumStride, lines)
                        return { line, count, place in body(line, count, block.outputs.lowerBound + row, place) }
                    }
                }
            }
        }
    }

    /// Shares the tiles out and calls `body` for each block, whose places are tiles.
    private func eachTileBlock<Element>(
        _ input: BorderedLayout.Content<Element>, _ tiling: WinogradTiling,
        _ body: (Block, UnsafePointer<Element>, UnsafeBufferPointer<Int>) -> Void
    ) {
        // What a panel of tiles needs, so that a block stays in a near cache.
        let words = tiling.size * PanelSide.right.width * (channels + filter.outputs)
        let blocks = blocks(of: layout.places.reduce(1, *), panels: max(1, min(4, (1 << 18) / words)))
        let distances = layout.distances(channels: 1)
        input.elements.withUnsafeBufferPointer { elements in
            distances.withUnsafeBufferPointer { distances in
                guard let elements = elements.baseAddress else { return }
                Threads.each(blocks.count) { body(blocks[$0], elements + input.start, distances) }
            }
        }
    }

    /// For each output channel and panel of tiles has the lines of their places written, and then hands out every stretch of
    /// neighbouring places.
    ///
    /// - Parameter write: writes the lines of the row and panel, and returns what takes a stretch with its first place.
    private func eachPanel<Number>(
        of block: Block, _ tiling: WinogradTiling,
        _ write: (_ row: Int, _ first: Int, _ lines: UnsafeMutablePointer<Number>) -> (
            UnsafePointer<Number>, _ count: Int, _ place: Int
        ) -> Void
    ) {
        let (size, across, panel) = (tiling.places, layout.places[2], PanelSide.right.width)
        let (height, width) = (places[1], places[2])
        withUnsafeTemporaryAllocation(of: Number.self, capacity: size * size * panel) { lines in
            guard let lines = lines.baseAddress else { return }
            for row in 0..<block.outputs.count {
                for first in stride(from: block.places.lowerBound, to: block.places.upperBound, by: panel) {
                    let take = write(row, first, lines)
                    let end = min(first + panel, block.places.upperBound)
                    var tile = first
                    while tile < end {
                        let (down, column) = tile.quotientAndRemainder(dividingBy: across)
                        let count = min(across - column, end - tile)
                        for line in 0..<min(size, height - down * size) {
                            take(
                                lines + (line * panel + tile - first) * size,
                                min(count * size, width - column * size),
                                (down * size + line) * width + column * size)
                        }
                        tile += count
                    }
                }
            }
        }
    }
}

extension Unfolding {
    /// The tiles of Winograd's algorithm as places of a window of their own, in as much of a border as they need.
    func tiled(_ tiling: WinogradTiling) throws -> Unfolding {
        let tiled = windows.indices.map { axis in
            guard axis > 0 else { return windows[axis] }
            let tiles = (places[axis] - 1) / tiling.places + 1
            let reach = (tiles - 1) * tiling.places + tiling.reach
            let before = windows[axis].before
            return Window(
                kernel: tiling.reach, stride: tiling.places, before: before, after: reach - extents[axis] - before)
        }
        return try Unfolding(extents: extents, windows: tiled)
    }
}
