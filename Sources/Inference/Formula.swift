import Numerics

/// A formula with up to three numbers that do not change, applied to elements.
///
/// It is made of a function that captures nothing, because only such a one becomes a loop of vector instructions: what
/// differs from layer to layer comes in as the numbers.
struct Formula: Sendable {
    typealias Numbers = (Float, Float, Float)

    /// Writes the formula of each number of `values` to `out`, which may be where they are.
    private let loop: @Sendable (_ values: UnsafePointer<Float>, UnsafeMutableBufferPointer<Float>, Numbers) -> Void

    /// The formula of the element alone.
    @inline(__always)
    init(_ formula: @escaping @Sendable (Float) -> Float) {
        loop = { values, out, _ in
            for index in out.indices { out[index] = formula(values[index]) }
        }
    }

    /// The formula of the element and one number.
    @inline(__always)
    init(_ formula: @escaping @Sendable (Float, Float) -> Float) {
        loop = { values, out, numbers in
            for index in out.indices { out[index] = formula(values[index], numbers.0) }
        }
    }

    /// The formula of the element and two numbers.
    @inline(__always)
    init(_ formula: @escaping @Sendable (Float, Float, Float) -> Float) {
        loop = { values, out, numbers in
            for index in out.indices { out[index] = formula(values[index], numbers.0, numbers.1) }
        }
    }

    /// The formula of the element and three numbers.
    @inline(__always)
    init(_ formula: @escaping @Sendable (Float, Float, Float, Float) -> Float) {
        loop = { values, out, numbers in
            for index in out.indices { out[index] = formula(values[index], numbers.0, numbers.1, numbers.2) }
        }
    }

    /// A function that has a kernel of its own.
    init(kernel: @escaping PointwiseKernels.Change) {
        loop = { values, out, _ in
            if let start = out.baseAddress, start != values { start.update(from: values, count: out.count) }
            kernel(out)
        }
    }

    /// Changes every element.
    func callAsFunction(_ values: UnsafeMutableBufferPointer<Float>, _ numbers: Numbers = (0, 0, 0)) {
        if let start = values.baseAddress { loop(start, values, numbers) }
    }

    /// A tensor with every element changed, in parts that threads share.
    func callAsFunction(_ tensor: Tensor, _ numbers: Numbers = (0, 0, 0)) throws -> Tensor {
        // Small enough that what a kernel changes in place is still in the nearest cache.
        let part = 1 << 12
        return try changed(tensor, parts: (tensor.count + part - 1) / part, of: part) { _ in numbers }
    }

    /// A tensor with every element changed, with numbers of its own for each index of the outermost axis.
    func callAsFunction(_ tensor: Tensor, outer numbers: (Int) -> Numbers) throws -> Tensor {
        try changed(tensor, parts: tensor.outerCount, of: tensor.innerCount, numbers)
    }

    private func changed(_ tensor: Tensor, parts: Int, of size: Int, _ numbers: (Int) -> Numbers) throws -> Tensor {
        try tensor.withFloats { values in
            try Tensor(everyFloat: tensor.shape) { out in
                Threads.each(parts) { index in
                    guard let values = values.baseAddress else { return }
                    let range = index * size..<min((index + 1) * size, out.count)
                    loop(values + range.lowerBound, UnsafeMutableBufferPointer(rebasing: out[range]), numbers(index))
                }
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
