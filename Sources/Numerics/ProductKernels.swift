import CKernels

/// What is done to a sum before it is stored.
public enum SumActivation: Hashable, Sendable {
    case none
    /// Above 0 as it is, else 0.
    case relu
    /// Above 0 as it is, else times the slope.
    case leaky(slope: Float)
    /// No less than `low`, then no more than `high`.
    case clip(low: Float, high: Float)
}

/// The extents of a product.
public struct ProductExtents: Hashable, Sendable {
    public var rows: Int
    public var columns: Int
    /// What rows of the left and columns of the right share.
    public var depth: Int

    public init(rows: Int, columns: Int, depth: Int) {
        self.rows = rows
        self.columns = columns
        self.depth = depth
    }
}

/// What each sum of a product begins with.
public enum ProductStart: @unchecked Sendable {
    case zero
    /// A number for each row.
    case ofRow(UnsafePointer<Float>)
    /// A number for each column.
    case ofColumn(UnsafePointer<Float>)
}

/// The scales that make floats of the exact sums of several rows.
public enum SumScales: @unchecked Sendable {
    case ofRows(UnsafePointer<Float>)
    case ofColumns(UnsafePointer<Float>)
}

/// What is added to each column of a product, and what everything is multiplied with then.
public struct ColumnAffine: @unchecked Sendable {
    public var addends: UnsafePointer<Float>
    public var factor: Float

    public init(addends: UnsafePointer<Float>, factor: Float) {
        self.addends = addends
        self.factor = factor
    }
}

/// The products of matrices in panels, as values, so that one test can hold every set of them to every other.
///
/// Pointers are to as many numbers as the extents say, sizes that their caller has checked.
public struct ProductKernels: Sendable {
    /// How bytes are packed.
    public let packing: BytePacking
    /// Writes panels of one side.
    public var packFloat: @Sendable (UnsafePointer<Float>, Lanes, PanelSide, UnsafeMutablePointer<Float>) -> Void
    /// The same of bytes, in words.
    public var packInt8: @Sendable (UnsafePointer<Int8>, Lanes, PanelSide, UnsafeMutablePointer<Int32>) -> Void
    /// `out = activation(start + left · right)`, each sum one chain in the order of the depth; rows of `out` are `stride`
    /// numbers apart. Products are fused into sums where the instructions can.
    public var multiplyFloat:
        @Sendable (
            _ left: UnsafePointer<Float>, _ right: UnsafePointer<Float>, ProductExtents, ProductStart, SumActivation,
            _ out: UnsafeMutablePointer<Float>, _ stride: Int
        ) -> Void
    /// `out = left · right`, exactly, in 32 bits that wrap.
    public var multiplyInt8:
        @Sendable (
            _ left: UnsafePointer<Int32>, _ right: UnsafePointer<Int32>, ProductExtents,
            _ out: UnsafeMutablePointer<Int32>, _ stride: Int
        ) -> Void
    /// `out[i] = activation(sums[i] * scale + bias)`, each step rounded; nothing is added where there is no bias.
    public var finish:
        @Sendable (
            _ sums: UnsafePointer<Int32>, _ count: Int, _ scale: Float, _ bias: Float?, SumActivation,
            _ out: UnsafeMutablePointer<Float>
        ) -> Void
    /// `out = (sums * scale + addend) * factor`, each step rounded, or `sums * scale` alone; rows lie one behind the other.
    public var finishRows:
        @Sendable (
            _ sums: UnsafePointer<Int32>, _ rows: Int, _ columns: Int, SumScales, ColumnAffine?,
            _ out: UnsafeMutablePointer<Float>
        ) -> Void
    /// The signed bytes of floats under one scale: half away from zero, clamped to ±127, 0 for what is no number.
    public var bytes:
        @Sendable (_ x: UnsafePointer<Float>, _ count: Int, _ scale: Float, _ out: UnsafeMutablePointer<Int8>) -> Void
}

extension ProductKernels {
    /// The fast ones for the best instructions that the machine has.
    public static let fast = ProductKernels(.best)

    /// The fast ones for instructions that the machine has.
    public init(_ instructions: InstructionSet) {
        let set = instructions.number
        self.init(
            packing: instructions.packing,
            packFloat: { numbers, lanes, side, panels in
                quantd_pack_float(numbers, quantd_lanes(lanes), side.number, panels)
            },
            packInt8: { numbers, lanes, side, panels in
                quantd_pack_int8(set, numbers, quantd_lanes(lanes), side.number, panels)
            },
            multiplyFloat: { left, right, extents, start, activation, out, stride in
                quantd_multiply_float(
                    set, left, right, quantd_extents(extents), quantd_start(start), quantd_activation(activation), out,
                    stride)
            },
            multiplyInt8: { left, right, extents, out, stride in
                quantd_multiply_int8(set, left, right, quantd_extents(extents), out, stride)
            },
            finish: { sums, count, scale, bias, activation, out in
                let scaling = quantd_scaling(scale: scale, bias: bias ?? 0, has_bias: bias == nil ? 0 : 1)
                quantd_finish(set, sums, count, scaling, quantd_activation(activation), out)
            },
            finishRows: { sums, rows, columns, scales, affine, out in
                quantd_finish_rows(set, sums, rows, columns, quantd_rows_scaling(scales, affine), out)
            },
            bytes: { x, count, scale, out in quantd_bytes(set, x, count, scale, out) })
    }
}

extension PanelSide {
    fileprivate var number: quantd_side {
        switch self {
        case .left: QUANTD_LEFT
        case .right: QUANTD_RIGHT
        }
    }
}

extension quantd_lanes {
    fileprivate init(_ lanes: Lanes) {
        self.init(lanes: lanes.count, lane_stride: lanes.stride, depth: lanes.depth, step_stride: lanes.step)
    }
}

extension quantd_extents {
    fileprivate init(_ extents: ProductExtents) {
        self.init(rows: extents.rows, columns: extents.columns, depth: extents.depth)
    }
}

extension quantd_start {
    fileprivate init(_ start: ProductStart) {
        switch start {
        case .zero: self.init(of_row: nil, of_column: nil)
        case .ofRow(let numbers): self.init(of_row: numbers, of_column: nil)
        case .ofColumn(let numbers): self.init(of_row: nil, of_column: numbers)
        }
    }
}

extension quantd_rows_scaling {
    fileprivate init(_ scales: SumScales, _ affine: ColumnAffine?) {
        let (addends, factor) = (affine?.addends, affine?.factor ?? 1)
        switch scales {
        case .ofRows(let scales): self.init(scales: scales, are_of_columns: 0, addends: addends, factor: factor)
        case .ofColumns(let scales): self.init(scales: scales, are_of_columns: 1, addends: addends, factor: factor)
        }
    }
}

extension quantd_activation {
    init(_ activation: SumActivation) {
        switch activation {
        case .none: self.init(kind: QUANTD_AS_IT_IS, low: 0, high: 0)
        case .relu: self.init(kind: QUANTD_RELU, low: 0, high: 0)
        case .leaky(let slope): self.init(kind: QUANTD_LEAKY, low: slope, high: 0)
        case .clip(let low, let high): self.init(kind: QUANTD_CLIP, low: low, high: high)
        }
    }
}
