import Glibc
import Numerics

/// The softmax of lines of floats, in place.
enum Softmax {
    /// Each element's exponential over the sum of all.
    ///
    /// - Parameter stride: how far apart the elements of the line lie.
    static func apply(to line: UnsafeMutablePointer<Float>, count: Int, stride: Int = 1) {
        if stride == 1 { return PointwiseKernels.fast.softmax(UnsafeMutableBufferPointer(start: line, count: count)) }
        var largest = -Float.greatestFiniteMagnitude
        var sum: Float = 0
        var index = 0
        while index < count {
            let value = line[index * stride]
            if value > largest { largest = value }
            index &+= 1
        }
        index = 0
        while index < count {
            let value = expf(line[index * stride] - largest)
            line[index * stride] = value
            sum += value
            index &+= 1
        }
        index = 0
        while index < count {
            line[index * stride] /= sum
            index &+= 1
        }
    }
}
