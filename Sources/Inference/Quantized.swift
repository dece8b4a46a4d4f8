import Numerics

/// Steps between floats and int8 that operators share.
enum Quantized {
    /// The signed bytes of floats under one scale.
    static func bytes(
        _ values: UnsafeBufferPointer<Float>, scale: Float, into bytes: UnsafeMutableBufferPointer<Int8>
    ) {
        for index in values.indices { bytes[index] = quantized(values[index], scale: scale) }
    }

    /// A layer's int8 input, widened: a float bottom quantized under the layer's scale, an int8 one as it is.
    ///
    /// - Throws: `TensorError` where the bottom is neither.
    static func words(of bottom: Tensor, scale: Float) throws -> [Int32] {
        if case .int8(let bytes) = bottom.elements { return bytes.map { Int32($0) } }
        return try bottom.floats().map { Int32(quantized($0, scale: scale)) }
    }

    /// What a sum of products of signed bytes is multiplied with to become a float; 0 for a dead channel, as in ncnn.
    static func dequantizer(input: Float, weight: Float) -> Float {
        weight == 0 ? 0 : 1 / (input * weight)
    }

    /// A float cut to a signed byte as a cast in C does it, and held at its ends where C leaves the result open.
    static func cut(_ value: Float) -> Int8 {
        value.isNaN ? 0 : Int8(max(-128, min(127, value)))
    }
}
