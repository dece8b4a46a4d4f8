import Numerics

/// A formula with up to three numbers that do not change, applied to elements in place.
///
/// It is made of a function that captures nothing, because only such a one becomes a loop of vector instructions: what
/// differs from layer to layer comes in as the numbers.
struct Formula: Sendable {
    typealias Numbers = (Float, Float, Float)

    private let loop: @Sendable (UnsafeMutableBufferPointer<Float>, Numbers) -> Void

    /// The formula of the element alone.
    @inline(__always)
    init(_ formula: @escaping @Sendable (Float) -> Float) {
        loop = { values, _ in
            for index in values.indices { values[index] = formula(values[index]) }
        }
    }

    /// The formula of the element and one number.
    @inline(__always)
    init(_ formula: @escaping @Sendable (Float, Float) -> Float) {
        loop = { values, numbers in
            for index in values.indices { values[index] = formula(values[index], numbers.0) }
        }
    }

    /// The formula of the element and two numbers.
    @inline(__always)
    init(_ formula: @escaping @Sendable (Float, Float, Float) -> Float) {
        loop = { values, numbers in
            for index in values.indices { values[index] = formula(values[index], numbers.0, numbers.1) }
        }
    }

    /// The formula of the element and three numbers.
    @inline(__always)
    init(_ formula: @escaping @Sendable (Float, Float, Float, Float) -> Float) {
        loop = { values, numbers in
            for index in values.indices {
                values[index] = formula(values[index], numbers.0, numbers.1, numbers.2)
            }
        }
    }

    /// A function that has a kernel of its own.
    init(kernel: @escaping PointwiseKernels.Change) {
        loop = { values, _ in kernel(values) }
    }

    /// Changes every element.
    func callAsFunction(_ values: UnsafeMutableBufferPointer<Float>, _ numbers: Numbers = (0, 0, 0)) {
        loop(values, numbers)
    }

    /// A tensor with every element changed, in parts that threads share.
    func callAsFunction(_ tensor: Tensor, _ numbers: Numbers = (0, 0, 0)) throws -> Tensor {
        try tensor.mappingFloats { values in
            let part = 1 << 14
            // The compiler cannot see that the parts do not share memory.
            nonisolated(unsafe) let values = values
            Threads.each((values.count + part - 1) / part) { index in
                let start = index * part
                loop(.init(rebasing: values[start..<min(start + part, values.count)]), numbers)
            }
        }
    }

    /// A tensor with every element changed, with numbers of its own for each index of the outermost axis.
    func callAsFunction(_ tensor: Tensor, outer numbers: (Int) -> Numbers) throws -> Tensor {
        let (count, size) = (tensor.outerCount, tensor.innerCount)
        return try tensor.mappingFloats { values in
            Threads.each(count) { index in
                loop(.init(rebasing: values[index * size..<(index + 1) * size]), numbers(index))
            }
        }
    }
}

extension OperatorType {
    /// A row for a layer that changes each element of its bottom by a formula of the element and float params.
    static func pointwise(_ name: String, of params: [String] = [], _ formula: Formula) -> OperatorType {
        .function(name) { source in
            let values = try params.map(source.float)
            let numbers = (values.first ?? 0, values.dropFirst().first ?? 0, values.dropFirst(2).first ?? 0)
            return { [try formula(try $0.bottom(0), numbers)] }
        }
    }
}
