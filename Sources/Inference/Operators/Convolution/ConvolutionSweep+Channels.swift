import Numerics

extension ConvolutionSweep {
    /// Whether channels are so small that sixteen of them, side by side with their borders, stay in a near cache.
    var areChannelsSmall: Bool {
        let (mostPlaces, mostElements) = (256, 1024)
        return layout.places[0] == 1 && placeCount <= mostPlaces && max(planeSize, layout.planeSize) <= mostElements
            && filter.rowCount <= ChannelKernels.mostTaps
    }

    /// Slides over sixteen channels at a time, each with a kernel of its own.
    func slideSideBySide(
        _ input: UnsafePointer<Float>, _ panels: Panels<Float>, into out: UnsafeMutablePointer<Float>
    ) {
        // Taken out of the struct once: what a loop counts references to, its threads fight over.
        let (padValue, plane, placeCount, channels) = (padValue, planes.plane, placeCount, channels)
        let (fused, together) = (activation.fused ?? .none, ChannelKernels.channels)
        let biases = filter.bias ?? [Float](repeating: 0, count: channels)
        let (distances, positions) = (layout.distances(channels: 1), layout.positions)
        // One more position, for what is nowhere in the layout; each begins with a line of the cache and is one.
        let size = (layout.planeSize + 1) * together * MemoryLayout<Float>.stride
        panels.withPanels { weights in
            distances.withUnsafeBufferPointer { distances in
                positions.withUnsafeBufferPointer { positions in
                    biases.withUnsafeBufferPointer { biases in
                        Threads.each((channels + together - 1) / together) { index in
                            let first = index * together
                            withUnsafeTemporaryAllocation(byteCount: size, alignment: 64) { room in
                                guard let biases = biases.baseAddress else { return }
                                ChannelKernels.fast.slide(
                                    input + first * positions.count, min(together, channels - first), positions,
                                    padValue, distances, plane, weights + first * distances.count, biases + first,
                                    fused, room.bindMemory(to: Float.self), out + first * placeCount)
                            }
                        }
                    }
                }
            }
        }
    }
}
