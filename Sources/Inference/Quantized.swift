import Numerics

/// Steps between floats and int8 that operators share.
enum Quantized {
    /// The signed bytes of floats under one scale; both buffers have the same count.
    static func bytes(
        _ values: UnsafeBufferPointer<Float>, scale: Float, into bytes: UnsafeMutableBufferPointer<Int8>
    ) {
        guard let values = values.baseAddress, let target = bytes.baseAddress else { return }
        ProductKernels.fast.bytes(values, bytes.count, scale, target)
    }

    /// A layer's int8 input: a float bottom quantized under the layer's scale, an int8 one as it is.
    ///
    /// - Throws: `TensorError` where the bottom is neither.
    static func bytes(of bottom: Tensor, scale: Float) throws -> [Int8] {
        if case .int8(let bytes) = bottom.elements { return bytes }
        return try bottom.withFloats { values in
            [Int8](unsafeUninitializedCapacity: values.count) { bytes, count in
                let part = 1 << 16
                Threads.each((values.count + part - 1) / part) { index in
                    let range = index * part..<min((index + 1) * part, values.count)
                    Self.bytes(
                        UnsafeBufferPointer(rebasing: values[range]), scale: scale,
                        into: UnsafeMutableBufferPointer(rebasing: bytes[range]))
                }
                count = values.count
            }
        }
    }

    /// A float cut to a signed byte as a cast in C does it, and held at its ends where C leaves the result open.
    static func cut(_ value: Float) -> Int8 {
        value.isNaN ? 0 : Int8(max(-128, min(127, value)))
    }
}
