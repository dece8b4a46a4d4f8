import Numerics

extension ConvolutionSweep {
    /// Tile by tile, with the weights' transforms.
    func multiplyTiles(
        _ tile: WinogradTile, _ input: BorderedLayout.Content<Float>, _ panels: Panels<Float>,
        into out: UnsafeMutablePointer<Float>
    ) {
        // What a panel of tiles needs, so that a block stays in a near cache.
        let words = tile.size * PanelSide.right.width * (channels + filter.outputs)
        let blocks = blocks(of: layout.places.reduce(1, *), panels: max(1, min(4, (1 << 18) / words)))
        let distances = layout.distances(channels: 1)
        input.elements.withUnsafeBufferPointer { elements in
            distances.withUnsafeBufferPointer { distances in
                guard let elements = elements.baseAddress else { return }
                Threads.each(blocks.count) { index in
                    multiply(tile, blocks[index], elements + input.start, distances, panels, into: out)
                }
            }
        }
        Threads.each(filter.outputs) { activate(out + $0 * placeCount, count: placeCount) }
    }

    private func multiply(
        _ tile: WinogradTile, _ block: Block, _ input: UnsafePointer<Float>, _ distances: UnsafeBufferPointer<Int>,
        _ panels: Panels<Float>, into out: UnsafeMutablePointer<Float>
    ) {
        let (rows, columns, size) = (block.outputs.count, block.places.count, tile.size)
        // Of one matrix of transformed elements, and of one of sums.
        let stride = channels * columns + Panels<Float>.slack
        let sumStride = rows * columns + Panels<Float>.slack
        withUnsafeTemporaryAllocation(of: Float.self, capacity: size * (stride + sumStride)) { scratch in
            guard let elements = scratch.baseAddress else { return }
            let sums = elements + size * stride
            layout.eachPanel(block.places) { first, runs, lanes in
                let panel = elements + (first - block.places.lowerBound) * channels
                for channel in 0..<channels {
                    WinogradKernels.fast.gather(
                        tile, input + channel * layout.planeSize, distances, runs, lanes, panel + channel * lanes,
                        stride)
                }
            }
            for matrix in 0..<size {
                panels.withPanels(of: matrix, from: block.outputs.lowerBound) { weights in
                    Self.products.multiplyFloat(
                        weights, elements + matrix * stride,
                        ProductExtents(rows: rows, columns: columns, depth: channels), .zero, .none,
                        sums + matrix * sumStride, columns)
                }
            }
            for row in 0..<rows {
                let output = block.outputs.lowerBound + row
                write(
                    tile, block.places, of: sums + row * columns, sumStride, bias: filter.bias?[output] ?? 0,
                    to: out + output * placeCount)
            }
        }
    }

    /// Writes the places of some tiles of an output channel.
    private func write(
        _ tile: WinogradTile, _ tiles: Range<Int>, of sums: UnsafePointer<Float>, _ stride: Int, bias: Float,
        to out: UnsafeMutablePointer<Float>
    ) {
        let (size, across, panel) = (tile.places, layout.places[2], PanelSide.right.width)
        let (height, width) = (places[1], places[2])
        withUnsafeTemporaryAllocation(of: Float.self, capacity: size * size * panel) { lines in
            guard let lines = lines.baseAddress else { return }
            for first in Swift.stride(from: tiles.lowerBound, to: tiles.upperBound, by: panel) {
                WinogradKernels.fast.lines(
                    tile, sums + (first - tiles.lowerBound), stride, bias, activation.fused ?? .none, lines)
                let end = min(first + panel, tiles.upperBound)
                var next = first
                while next < end {
                    let (row, column) = next.quotientAndRemainder(dividingBy: across)
                    let (plane, down) = row.quotientAndRemainder(dividingBy: layout.places[1])
                    let count = min(across - column, end - next)
                    let x = column * size
                    for line in 0..<min(size, height - down * size) {
                        let target = out + (plane * height + down * size + line) * width + x
                        target.update(
                            from: lines + (line * panel + next - first) * size, count: min(count * size, width - x))
                    }
                    next += count
                }
            }
        }
    }
}

extension Unfolding {
    /// The tiles of Winograd's algorithm as places of a window of their own, in as much of a border as they need.
    func tiled(_ tile: WinogradTile) throws -> Unfolding {
        let tiled = windows.indices.map { axis in
            guard axis > 0 else { return windows[axis] }
            let tiles = (places[axis] - 1) / tile.places + 1
            let reach = (tiles - 1) * tile.places + tile.reach
            let before = windows[axis].before
            return Window(
                kernel: tile.reach, stride: tile.places, before: before,
                after: reach - extents[axis] - before)
        }
        return try Unfolding(extents: extents, windows: tiled)
    }
}
