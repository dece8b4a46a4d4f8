import CKernels

/// Where the numbers of a matrix lie: element `(lane, step)` is that many lane strides and step strides behind the first.
///
/// Lanes are the rows of a left matrix or the columns of a right one; steps go along what both share.
public struct Lanes: Hashable, Sendable {
    public var count: Int
    public var stride: Int
    /// Number of steps.
    public var depth: Int
    public var step: Int

    public init(count: Int, stride: Int, depth: Int, step: Int) {
        self.count = count
        self.stride = stride
        self.depth = depth
        self.step = step
    }

    /// Rows that lie one behind the other, each a lane.
    public static func rows(_ count: Int, of depth: Int) -> Lanes {
        Lanes(count: count, stride: depth, depth: depth, step: 1)
    }

    /// Columns of rows that lie one behind the other, each column a lane.
    public static func columns(_ count: Int, of depth: Int) -> Lanes {
        Lanes(count: count, stride: 1, depth: depth, step: count)
    }
}

/// Which factor of a product a matrix is.
public enum PanelSide: Sendable {
    case left
    case right

    /// Lanes of a panel.
    public var width: Int {
        switch self {
        case .left: 6
        case .right: 16
        }
    }
}

/// A matrix as the products want it: some lanes side by side, step after step, so that memory is walked in one direction.
///
/// Panels lie one behind the other and the last may be narrower. Behind them there is slack, which may be read.
public struct Panels<Number: BitwiseCopyable & Sendable>: Sendable {
    /// Numbers behind the last panel that may be read or written.
    public static var slack: Int { 32 }

    public let side: PanelSide
    /// Lanes of one matrix.
    public let lanes: Int
    public let depth: Int
    /// How many matrices lie one behind the other.
    public let count: Int
    /// Numbers of one lane: the depth, or words of bytes.
    public let laneSize: Int
    private let numbers: [Number]

    private init(_ side: PanelSide, lanes: Int, depth: Int, count: Int, laneSize: Int, _ numbers: [Number]) {
        self.side = side
        self.lanes = lanes
        self.depth = depth
        self.count = count
        self.laneSize = laneSize
        self.numbers = numbers
    }

    /// Lends the panels of a matrix from a lane on, which must be the first of a panel.
    public func withPanels<Result>(
        of matrix: Int = 0, from lane: Int = 0, _ body: (UnsafePointer<Number>) throws -> Result
    ) rethrows -> Result {
        precondition(matrix < count && lane < lanes && lane.isMultiple(of: side.width), "no panel begins there")
        return try numbers.withUnsafeBufferPointer { numbers in
            guard let start = numbers.baseAddress else { preconditionFailure("panels have at least their slack") }
            return try body(start + (matrix * lanes + lane) * laneSize)
        }
    }
}

extension Panels<Float> {
    /// Panels of matrices that lie one behind the other.
    ///
    /// - Parameter lanes: where the numbers of the first lie; the others follow at `lanes.count * lanes.depth`.
    public init(
        _ side: PanelSide, _ lanes: Lanes, of matrices: UnsafeBufferPointer<Float>, kernels: ProductKernels = .fast
    ) {
        let (count, from) = Self.matrices(lanes, in: matrices)
        let size = lanes.count * lanes.depth
        let numbers = Self.room(for: count * size) { panels in
            for start in stride(from: 0, to: count * size, by: size) {
                kernels.packFloat(from + start, lanes, side, panels + start)
            }
        }
        self.init(side, lanes: lanes.count, depth: lanes.depth, count: count, laneSize: lanes.depth, numbers)
    }

    /// Panels of matrices that lie one behind the other.
    public init(_ side: PanelSide, _ lanes: Lanes, of matrices: [Float]) {
        self = matrices.withUnsafeBufferPointer { Panels(side, lanes, of: $0) }
    }
}

extension Panels<Int32> {
    /// Panels of matrices of signed bytes that lie one behind the other, packed into words.
    ///
    /// - Parameter lanes: where the numbers of the first lie; the others follow at `lanes.count * lanes.depth`.
    public init(
        _ side: PanelSide, _ lanes: Lanes, of matrices: UnsafeBufferPointer<Int8>, kernels: ProductKernels = .fast
    ) {
        let (count, from) = Self.matrices(lanes, in: matrices)
        let laneSize = kernels.packing.words(side, depth: lanes.depth)
        let size = lanes.count * laneSize
        let numbers = Self.room(for: count * size) { panels in
            for matrix in 0..<count {
                kernels.packInt8(
                    from + matrix * lanes.count * lanes.depth, lanes, side, panels + matrix * size)
            }
        }
        self.init(side, lanes: lanes.count, depth: lanes.depth, count: count, laneSize: laneSize, numbers)
    }

    /// Panels of matrices of signed bytes that lie one behind the other.
    public init(_ side: PanelSide, _ lanes: Lanes, of matrices: [Int8]) {
        self = matrices.withUnsafeBufferPointer { Panels(side, lanes, of: $0) }
    }
}

extension Panels where Number: ExpressibleByIntegerLiteral {
    /// Numbers that `write` writes, and slack behind them.
    private static func room(for count: Int, _ write: (UnsafeMutablePointer<Number>) -> Void) -> [Number] {
        [Number](unsafeUninitializedCapacity: count + slack) { numbers, initialized in
            guard let start = numbers.baseAddress else { return }
            LargePages.prefer(for: UnsafeMutableBufferPointer(start: start, count: count))
            write(start)
            (start + count).initialize(repeating: 0, count: slack)
            initialized = count + slack
        }
    }
}

extension Panels {
    /// How many matrices there are, and where the first begins.
    private static func matrices<Element>(
        _ lanes: Lanes, in numbers: UnsafeBufferPointer<Element>
    ) -> (count: Int, start: UnsafePointer<Element>) {
        let size = lanes.count * lanes.depth
        guard size > 0, numbers.count.isMultiple(of: size), let start = numbers.baseAddress else {
            preconditionFailure("\(numbers.count) numbers are no matrices of \(lanes.count) by \(lanes.depth)")
        }
        return (numbers.count / size, start)
    }
}
