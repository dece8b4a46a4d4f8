import Numerics

/// A matrix of signed bytes with the scales that they were made with: `byte = float * scale`.
struct QuantizedRows: Sendable {
    /// Which elements share a scale when floats are quantized while the model runs.
    enum Sharing {
        case ofEachRow
        case common
    }

    let bytes: Matrix<Int8>
    /// One for each row, or one for all.
    let scales: [Float]

    /// Bytes from a file.
    ///
    /// - Throws: `Misfit` where the scales are neither one nor one for each row.
    init(_ bytes: Matrix<Int8>, scales: [Float]) throws {
        guard scales.count == 1 || scales.count == bytes.rows else {
            throw Misfit("has \(scales.count) scales for \(bytes.rows) rows")
        }
        self.bytes = bytes
        self.scales = scales
    }

    /// Floats that are quantized by their largest magnitude, as ncnn does while it runs.
    init(quantizing floats: Matrix<Float>, scale sharing: Sharing) {
        let run = sharing == .common ? floats.elements.count : floats.columns
        var scales: [Float] = []
        let bytes = [Int8](unsafeUninitializedCapacity: floats.elements.count) { bytes, count in
            floats.elements.withUnsafeBufferPointer { elements in
                for start in stride(from: 0, to: elements.count, by: max(run, 1)) {
                    let values = UnsafeBufferPointer(rebasing: elements[start..<start + run])
                    let target = UnsafeMutableBufferPointer(rebasing: bytes[start..<start + run])
                    let scale = Self.scale(of: values)
                    Quantized.bytes(values, scale: scale, into: target)
                    scales.append(scale)
                }
            }
            count = floats.elements.count
        }
        self.bytes = Matrix(checked: floats.rows, floats.columns, bytes)
        self.scales = scales
    }

    /// The scale that brings the largest magnitude to 127; 1 where all are zero.
    static func scale(of values: UnsafeBufferPointer<Float>) -> Float {
        var largest: Float = 0
        var index = 0
        while index < values.count {
            let magnitude = values[index].magnitude
            if magnitude > largest { largest = magnitude }
            index &+= 1
        }
        return largest == 0 ? 1 : 127 / largest
    }

    /// The product with a matrix whose columns are given as rows and share one scale; the inner extents must agree.
    func product(withColumns columns: QuantizedRows) -> Matrix<Float> {
        let (rows, inner, width) = (bytes.rows, bytes.columns, columns.bytes.rows)
        var out = [Float](repeating: 0, count: rows * width)
        out.withUnsafeMutableBufferPointer { out in
            bytes.elements.withUnsafeBufferPointer { left in
                columns.bytes.elements.withUnsafeBufferPointer { right in
                    guard let left = left.baseAddress, let right = right.baseAddress else { return }
                    Threads.each(rows) { row in
                        let descale = 1 / (scales[scales.count == 1 ? 0 : row] * columns.scales[0])
                        for column in 0..<width {
                            let sum = Self.dot(left + row * inner, right + column * inner, count: inner)
                            out[row * width + column] = Float(sum) * descale
                        }
                    }
                }
            }
        }
        return Matrix(checked: rows, width, out)
    }

    /// The sum of `left[i] * right[i]` in 32 bits, wrapping as the machine does.
    static func dot(_ left: UnsafePointer<Int8>, _ right: UnsafePointer<Int8>, count: Int) -> Int32 {
        var sum: Int32 = 0
        var index = 0
        while index < count {
            sum &+= Int32(left[index]) &* Int32(right[index])
            index &+= 1
        }
        return sum
    }
}
