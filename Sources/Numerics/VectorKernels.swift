/// The inner loops of products, over plain pointers: the readable reference that also debug builds run quickly.
///
/// Sums grow in the order of the elements, as in ncnn's plain layers, so that results agree to rounding.
public enum VectorKernels {
    /// `out[i] += values[i] * factor`.
    public static func add(
        _ values: UnsafePointer<Float>, times factor: Float, to out: UnsafeMutablePointer<Float>, count: Int
    ) {
        var index = 0
        while index < count {
            out[index] += values[index] * factor
            index &+= 1
        }
    }

    /// `out[i] += values[i] * factor` in 32 bits, wrapping as the machine does.
    public static func add(
        _ values: UnsafePointer<Int32>, times factor: Int32, to out: UnsafeMutablePointer<Int32>, count: Int
    ) {
        var index = 0
        while index < count {
            out[index] &+= values[index] &* factor
            index &+= 1
        }
    }

    /// A row times a matrix: `out[i] += rows[k][i] * factors[k]` for every `k`.
    ///
    /// - Parameters:
    ///   - factors: `depth` numbers.
    ///   - rows: `depth` rows of `count` numbers, each `stride` numbers behind the one before.
    public static func add(
        _ rows: UnsafePointer<Float>, stride: Int, times factors: UnsafePointer<Float>, depth: Int,
        to out: UnsafeMutablePointer<Float>, count: Int
    ) {
        var row = 0
        // Four rows at a time spare three of four visits of `out`; the order of the sums stays.
        while row &+ 4 <= depth {
            let (first, second) = (rows + row * stride, rows + (row + 1) * stride)
            let (third, fourth) = (rows + (row + 2) * stride, rows + (row + 3) * stride)
            let (one, two, three, four) = (factors[row], factors[row + 1], factors[row + 2], factors[row + 3])
            var index = 0
            while index < count {
                out[index] =
                    (((out[index] + first[index] * one) + second[index] * two) + third[index] * three)
                    + fourth[index] * four
                index &+= 1
            }
            row &+= 4
        }
        while row < depth {
            add(rows + row * stride, times: factors[row], to: out, count: count)
            row &+= 1
        }
    }

    /// A row times a matrix in 32 bits, wrapping as the machine does.
    ///
    /// - Parameters:
    ///   - factors: `depth` numbers.
    ///   - rows: `depth` rows of `count` numbers, each `stride` numbers behind the one before.
    public static func add(
        _ rows: UnsafePointer<Int32>, stride: Int, times factors: UnsafePointer<Int32>, depth: Int,
        to out: UnsafeMutablePointer<Int32>, count: Int
    ) {
        var row = 0
        while row &+ 4 <= depth {
            let (first, second) = (rows + row * stride, rows + (row + 1) * stride)
            let (third, fourth) = (rows + (row + 2) * stride, rows + (row + 3) * stride)
            let (one, two, three, four) = (factors[row], factors[row + 1], factors[row + 2], factors[row + 3])
            var index = 0
            while index < count {
                out[index] =
                    (((out[index] &+ first[index] &* one) &+ second[index] &* two) &+ third[index] &* three)
                    &+ fourth[index] &* four
                index &+= 1
            }
            row &+= 4
        }
        while row < depth {
            add(rows + row * stride, times: factors[row], to: out, count: count)
            row &+= 1
        }
    }

    /// `start` and the sum of `left[i] * right[i]`.
    public static func dot(
        _ left: UnsafePointer<Float>, _ right: UnsafePointer<Float>, count: Int, startingAt start: Float = 0
    ) -> Float {
        var sum = start
        var index = 0
        while index < count {
            sum += left[index] * right[index]
            index &+= 1
        }
        return sum
    }

    /// The sum of `left[i] * right[i]` in 32 bits, wrapping as the machine does.
    public static func dot(_ left: UnsafePointer<Int32>, _ right: UnsafePointer<Int32>, count: Int) -> Int32 {
        var sum: Int32 = 0
        var index = 0
        while index < count {
            sum &+= left[index] &* right[index]
            index &+= 1
        }
        return sum
    }
}
