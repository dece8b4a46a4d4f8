import Numerics

extension Operators {
    /// Changes of number format as layers of their own.
    static let quantizationOperators: [OperatorType] = [
        .function("Quantize") { source in
            let scales = Spread(try source.requiredFloats("scale_data"))
            return { bottoms in
                let bottom = try bottoms.bottom(0)
                let values = try bottom.floats()
                let scale = try scales.on(bottom, "scales")
                return [
                    try Tensor(int8: bottom.shape) { out in
                        eachIndex(of: bottom) { out[$1] = quantized(values[$1], scale: scale($0)) }
                    }
                ]
            }
        },
        .function("Dequantize") { source in
            let scales = Spread(try source.requiredFloats("scale_data"))
            let biases = Spread(try source.floatWeight("bias_data") ?? [0])
            return { bottoms in
                let bottom = try bottoms.bottom(0)
                let values = try bottom.int32s()
                let scale = try scales.on(bottom, "scales")
                let bias = try biases.on(bottom, "biases")
                return [
                    try Tensor(floats: bottom.shape) { out in
                        eachIndex(of: bottom) { out[$1] = Float(values[$1]) * scale($0) + bias($0) }
                    }
                ]
            }
        },
        .function("Requantize") { source in
            let inputScales = Spread(try source.requiredFloats("scale_in_data"))
            let outputScales = Spread(try source.requiredFloats("scale_out_data"))
            let biases = Spread(try source.floatWeight("bias_data") ?? [0])
            let activation = try Activation(source)
            return { bottoms in
                let bottom = try bottoms.bottom(0)
                let values = try bottom.int32s()
                let input = try inputScales.on(bottom, "input scales")
                let output = try outputScales.on(bottom, "output scales")
                let bias = try biases.on(bottom, "biases")
                return [
                    try Tensor(int8: bottom.shape) { out in
                        eachIndex(of: bottom) {
                            let value = activation(Float(values[$1]) * input($0) + bias($0))
                            out[$1] = quantized(value, scale: output($0))
                        }
                    }
                ]
            }
        },
        .function("Cast") { source in
            let from = try source.int("type_from")
            let to = try source.int("type_to")
            switch (from, to) {
            // What comes from half or brain floats is held as floats here.
            case _ where from == to, (2, 1), (4, 1):
                return { [try $0.bottom(0)] }
            case (1, 2):
                return { [try $0.bottom(0).mapped { Float(Float16($0)) }] }
            case (1, 4):
                return { [try $0.bottom(0).mapped(brainFloat)] }
            case (3, 1):
                return { [try Tensor($0.bottom(0).shape, $0.bottom(0).int8s().map(Float.init))] }
            default:
                throw Misfit("has no cast from type \(from) to type \(to)")
            }
        },
        // How many channels lie side by side in memory is nothing that tensors know of.
        .function("Packing") { source in
            guard try !source.flag("use_padding"), try source.int("cast_type_from") == source.int("cast_type_to") else {
                throw Misfit("use_padding and casts of a Packing are not supported")
            }
            return { [try $0.bottom(0)] }
        },
    ]

    /// The nearest float with 8 bits of significand, ties to the even one, as processors with such numbers round.
    ///
    /// ncnn's portable code cuts instead; its x86 runtime does not.
    private static func brainFloat(_ value: Float) -> Float {
        guard value.isFinite else { return value }
        let bits = value.bitPattern
        return Float(bitPattern: (bits &+ 0x7FFF &+ (bits >> 16 & 1)) & 0xFFFF_0000)
    }

    /// Calls `body` with the index on the outermost axis and the index of the element.
    private static func eachIndex(of tensor: Tensor, _ body: (_ outer: Int, _ index: Int) -> Void) {
        for outer in 0..<tensor.outerCount {
            for index in outer * tensor.innerCount..<(outer + 1) * tensor.innerCount { body(outer, index) }
        }
    }
}

/// One number for a whole blob, or one for each index of its outermost axis.
private struct Spread: Sendable {
    let values: [Float]

    init(_ values: [Float]) {
        self.values = values
    }

    /// The number for an index of the outermost axis.
    func on(_ tensor: Tensor, _ name: String) throws -> (Int) -> Float {
        if values.count == 1 || tensor.axisCount == 1, let first = values.first { return { _ in first } }
        guard values.count == tensor.outerCount else {
            throw Misfit("has \(values.count) \(name), the bottom's shape is \(tensor.shape)")
        }
        return { values[$0] }
    }
}
