extension WeightKernels {
    /// The readable ones, which say what the fast ones must compute.
    public static let reference = WeightKernels(
        extent: { weights in
            weights.reduce(into: Extent()) { $0.add($1) }
        },
        quantize: { weights, scale, result in
            let count = min(weights.count, result.count)
            var lanes = [StepErrors](repeating: StepErrors(), count: LaneErrors.lanes)
            var extent = Extent()
            for start in stride(from: 0, to: count, by: LaneErrors.block) {
                var block = [LaneErrors](repeating: LaneErrors(), count: lanes.count)
                for index in start..<min(count, start + LaneErrors.block) {
                    result[index] = quantized(weights[index], scale: scale)
                    block[index % lanes.count].add(weights[index] * scale, result[index])
                    extent.add(weights[index])
                }
                for lane in lanes.indices { lanes[lane].add(block[lane]) }
            }
            return (lanes.reduce(into: StepErrors()) { $0.add($1) }.errors(scale: scale, count: count), extent)
        },
        narrow: { floats, halves in
            for index in 0..<min(floats.count, halves.count) {
                halves[index] = Float16(floats[index]).bitPattern
            }
        },
        widen: { halves, floats in
            for index in 0..<min(floats.count, halves.count) {
                floats[index] = Float(Float16(bitPattern: halves[index]))
            }
        })
}

extension WeightKernels.Extent {
    fileprivate mutating func add(_ weight: Float) {
        if weight.isFinite {
            absmax = max(absmax, weight.magnitude)
        } else {
            nonFinite += 1
        }
    }
}

/// The sums of every eighth weight of a block: the order that vector code has on every machine. A block ends before sums in
/// 32 bits lose digits, and is added to those of the blocks before, lane by lane.
private struct LaneErrors {
    static let lanes = 8
    static let block = 64 * lanes

    var signal: Float = 0
    var noise: Float = 0
    var reconstructed = 0
    var maxError: Float = 0
    var clipped = 0

    mutating func add(_ scaled: Float, _ quantized: Int8) {
        // Further out no square may overflow: a table's scale may be anything.
        let scaled = scaled.isNaN ? 0 : max(-0x1p50, min(0x1p50, scaled))
        let error = scaled - Float(quantized)
        signal += scaled * scaled
        noise += error * error
        reconstructed += Int(quantized) * Int(quantized)
        maxError = max(maxError, error.magnitude)
        clipped += scaled.magnitude >= 127.5 ? 1 : 0
    }
}

extension StepErrors {
    fileprivate mutating func add(_ lane: LaneErrors) {
        signal += Double(lane.signal)
        noise += Double(lane.noise)
        reconstructed += Double(lane.reconstructed)
        maxError = max(maxError, Double(lane.maxError))
        clipped += lane.clipped
    }

    fileprivate mutating func add(_ other: StepErrors) {
        signal += other.signal
        noise += other.noise
        reconstructed += other.reconstructed
        maxError = max(maxError, other.maxError)
        clipped += other.clipped
    }
}
