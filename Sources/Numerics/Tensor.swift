/// The content of a blob: a shape and its elements in C order, without padding.
///
/// Shapes are written outermost axis first: `[w]`, `[h, w]`, `[c, h, w]`, `[c, d, h, w]`. The shape `[]` is the empty
/// blob without elements, such as the key cache before the first token; no other tensor is empty.
public struct Tensor: Sendable, Hashable {
    /// The elements, of one of the three kinds that ncnn keeps in blobs.
    ///
    /// What ncnn holds as half or brain floats is held here as the fp32 number of the same value.
    public enum Elements: Sendable, Hashable {
        case float([Float])
        case int8([Int8])
        case int32([Int32])

        /// Number of elements.
        public var count: Int {
            switch self {
            case .float(let values): values.count
            case .int8(let values): values.count
            case .int32(let values): values.count
            }
        }

        /// The word for the kind in errors.
        public var kind: String {
            switch self {
            case .float: "float"
            case .int8: "int8"
            case .int32: "int32"
            }
        }
    }

    /// The most elements a tensor may have (2 GiB of floats), so that a damaged param cannot ask for all memory.
    public static let largestCount = 1 << 29

    /// The most axes a tensor may have, as in ncnn.
    public static let mostAxes = 4

    /// The empty blob.
    public static let empty = Tensor(checked: [], .float([]))

    /// Extents, outermost first.
    public let shape: [Int]
    public private(set) var elements: Elements

    /// A tensor of these elements.
    ///
    /// - Throws: `TensorError` where the shape is none or does not have as many elements.
    public init(_ shape: [Int], _ elements: Elements) throws(TensorError) {
        let wanted = try Self.count(of: shape)
        guard wanted == elements.count else {
            throw TensorError("shape \(shape) has \(wanted) elements, found \(elements.count)")
        }
        self.init(checked: shape, elements)
    }

    /// A tensor of floats.
    public init(_ shape: [Int], _ values: [Float]) throws(TensorError) {
        try self.init(shape, .float(values))
    }

    /// A tensor of floats that `fill` writes; what it leaves out is zero.
    public init(
        floats shape: [Int], _ fill: (UnsafeMutableBufferPointer<Float>) throws -> Void
    ) throws {
        let count = try Self.count(of: shape)
        self.init(checked: shape, .float(try Self.zeros(count, then: fill)))
    }

    /// A tensor of floats of which `fill` writes every one, so that none needs to be zero before.
    public init(
        everyFloat shape: [Int], _ fill: (UnsafeMutableBufferPointer<Float>) throws -> Void
    ) throws {
        let size = try Self.count(of: shape)
        self.init(
            checked: shape,
            .float(
                try [Float](unsafeUninitializedCapacity: size) { values, count in
                    try fill(UnsafeMutableBufferPointer(rebasing: values[..<size]))
                    count = size
                }))
    }

    /// A tensor of signed bytes that `fill` writes; what it leaves out is zero.
    public init(
        int8 shape: [Int], _ fill: (UnsafeMutableBufferPointer<Int8>) throws -> Void
    ) throws {
        let count = try Self.count(of: shape)
        self.init(checked: shape, .int8(try Self.zeros(count, then: fill)))
    }

    private init(checked shape: [Int], _ elements: Elements) {
        self.shape = shape
        self.elements = elements
    }

    /// The number of elements of a shape; 0 for the empty shape.
    ///
    /// - Throws: `TensorError` where there are too many axes or elements, or an extent below 1.
    public static func count(of shape: [Int]) throws(TensorError) -> Int {
        guard shape.count <= mostAxes else {
            throw TensorError("shape \(shape) has \(shape.count) axes, wanted at most \(mostAxes)")
        }
        guard !shape.isEmpty else { return 0 }
        var count = 1
        for extent in shape {
            guard extent > 0 else {
                throw TensorError("shape \(shape) has an extent of \(extent), wanted at least 1")
            }
            let (product, overflow) = count.multipliedReportingOverflow(by: extent)
            guard !overflow, product <= largestCount else {
                throw TensorError("shape \(shape) has more than \(largestCount) elements")
            }
            count = product
        }
        return count
    }

    /// Memory that is zero before it is filled, so that no other tensor's remains show where a fill stops early.
    private static func zeros<Element: FixedWidthInteger>(
        _ count: Int, then fill: (UnsafeMutableBufferPointer<Element>) throws -> Void
    ) rethrows -> [Element] {
        var values = [Element](repeating: 0, count: count)
        try values.withUnsafeMutableBufferPointer { try fill($0) }
        return values
    }

    private static func zeros(
        _ count: Int, then fill: (UnsafeMutableBufferPointer<Float>) throws -> Void
    ) rethrows -> [Float] {
        var values = [Float](repeating: 0, count: count)
        try values.withUnsafeMutableBufferPointer { try fill($0) }
        return values
    }
}

// MARK: Shape

extension Tensor {
    /// Number of elements.
    public var count: Int { elements.count }

    /// Whether it is the empty blob.
    public var isEmpty: Bool { shape.isEmpty }

    /// Number of axes, ncnn's `dims`.
    public var axisCount: Int { shape.count }

    /// Extent of the innermost axis, ncnn's `w`; 1 for the empty blob.
    public var width: Int { shape.last ?? 1 }

    /// ncnn's `h`; 1 below two axes.
    public var height: Int { shape.count < 2 ? 1 : shape[shape.count - 2] }

    /// ncnn's `d`; 1 below four axes.
    public var depth: Int { shape.count < 4 ? 1 : shape[1] }

    /// ncnn's `c`; 1 below three axes.
    public var channels: Int { shape.count < 3 ? 1 : shape[0] }

    /// Extent of the outermost axis: elements of a vector, rows of a matrix, channels of all else.
    public var outerCount: Int { shape.first ?? 0 }

    /// Elements of one index of the outermost axis.
    public var innerCount: Int { shape.isEmpty ? 0 : count / shape[0] }

    /// The same elements in another shape.
    ///
    /// - Throws: `TensorError` where the shape has another number of elements.
    public func reshaped(_ shape: [Int]) throws(TensorError) -> Tensor {
        try Tensor(shape, elements)
    }
}

// MARK: Elements

extension Tensor {
    /// The elements, where they are floats.
    ///
    /// - Throws: `TensorError` where they are not.
    public func floats() throws(TensorError) -> [Float] {
        guard case .float(let values) = elements else { throw wrongKind("float") }
        return values
    }

    /// The elements, where they are signed bytes.
    ///
    /// - Throws: `TensorError` where they are not.
    public func int8s() throws(TensorError) -> [Int8] {
        guard case .int8(let values) = elements else { throw wrongKind("int8") }
        return values
    }

    /// The elements, where they are 32-bit integers.
    ///
    /// - Throws: `TensorError` where they are not.
    public func int32s() throws(TensorError) -> [Int32] {
        guard case .int32(let values) = elements else { throw wrongKind("int32") }
        return values
    }

    /// The elements as floats of the same value, whatever they are.
    public var values: [Float] {
        switch elements {
        case .float(let values): values
        case .int8(let values): values.map(Float.init)
        case .int32(let values): values.map(Float.init)
        }
    }

    /// The same tensor with its elements as floats of the same value.
    public var asFloat: Tensor {
        Tensor(checked: shape, .float(values))
    }

    /// Lends the floats for reading.
    ///
    /// - Throws: `TensorError` where the elements are no floats, and what `body` throws.
    public func withFloats<Result>(_ body: (UnsafeBufferPointer<Float>) throws -> Result) throws -> Result {
        try floats().withUnsafeBufferPointer { try body($0) }
    }

    /// The same shape with each float changed in place by `body`; no copy is made where nobody else holds the tensor.
    ///
    /// - Throws: `TensorError` where the elements are no floats, and what `body` throws.
    public consuming func mappingFloats(
        _ body: (UnsafeMutableBufferPointer<Float>) throws -> Void
    ) throws -> Tensor {
        var values = try floats()
        elements = .float([])
        try values.withUnsafeMutableBufferPointer { try body($0) }
        elements = .float(values)
        return self
    }

    /// A tensor of the same shape with each float replaced.
    ///
    /// - Throws: `TensorError` where the elements are no floats, and what `transform` throws.
    public func mapped(_ transform: (Float) throws -> Float) throws -> Tensor {
        Tensor(checked: shape, .float(try floats().map(transform)))
    }

    private func wrongKind(_ wanted: String) -> TensorError {
        TensorError("a tensor of \(wanted) is wanted, found \(elements.kind)")
    }
}
