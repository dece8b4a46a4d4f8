extension WeightKernels {
    /// The readable ones, which say what the fast ones must compute.
    public static let reference = WeightKernels(
        extent: { weights in
            var extent = Extent()
            for weight in weights {
                if weight.isFinite {
                    extent.absmax = max(extent.absmax, weight.magnitude)
                } else {
                    extent.nonFinite += 1
                }
            }
            return extent
        },
        quantize: { weights, scale, result in
            for index in 0..<min(weights.count, result.count) {
                result[index] = quantized(weights[index], scale: scale)
            }
        },
        errors: { weights, quantized, scale in
            // Eight sums in turn, added up at the end: the order that vector code has on every machine.
            var lanes = [WeightErrors](repeating: WeightErrors(), count: 8)
            let step = 1 / Double(scale)
            for index in 0..<min(weights.count, quantized.count) {
                let weight = Double(weights[index])
                let restored = Double(quantized[index]) * step
                let error = weight - restored
                var one = WeightErrors()
                one.signal = weight * weight
                one.noise = error * error
                one.product = weight * restored
                one.reconstructed = restored * restored
                one.maxError = error.magnitude
                one.clipped = (weights[index] * scale).magnitude >= 127.5 ? 1 : 0
                one.count = 1
                lanes[index % 8].add(one)
            }
            var sum = WeightErrors()
            for lane in lanes { sum.add(lane) }
            sum.noiseInSteps = sum.noise * Double(scale) * Double(scale)
            return sum
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
