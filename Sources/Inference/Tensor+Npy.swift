public import ModelFormat
public import Numerics

extension Tensor {
    /// The content of a `.npy`: floats, or 32-bit integers where it has integers of 16 bits or more.
    ///
    /// Smaller integers are pictures more often than indexes, and become floats.
    ///
    /// - Throws: `InferenceError` named for the blob where the shape is none for a blob or an integer is too large.
    public init(_ npy: NpyFile, blob: String) throws(InferenceError) {
        do throws(TensorError) {
            switch npy.header.type {
            case .float16, .float32, .float64, .int8, .uint8, .bool:
                try self.init(npy.shape, npy.floats)
            case .int16, .int32, .int64:
                let integers = npy.integers ?? []
                guard let wide = integers.first(where: { Int32(exactly: $0) == nil }) else {
                    try self.init(npy.shape, .int32(integers.map(Int32.init)))
                    return
                }
                throw TensorError("has the integer \(wide), which 32 bits do not hold")
            }
        } catch {
            throw .blob(name: blob, clause: error.clause)
        }
    }

    /// The same as a `.npy`; an int8 blob as floats of the same whole numbers. Nil for the empty blob.
    public var npy: NpyFile? {
        if case .int32(let values) = elements { return NpyFile(shape: shape, values) }
        return isEmpty ? nil : NpyFile(shape: shape, values)
    }
}
