import Numerics

/// Sums of products over named axes (ncnn src/layer/einsum.cpp at a4d2ea1d).
///
/// The axes of the top are named `i`, `j`, `k`, `l` in this order, those that are summed over follow up to `x`.
struct Einsum: Operator {
    /// For each bottom the axis that each of its axes is, 0 for `i`.
    private let bottomAxes: [[Int]]
    private let topAxisCount: Int
    /// The most products that a run adds up, so that a damaged equation cannot keep a machine busy for years.
    private static let largestWork = 1 << 40

    init(_ source: LayerSource) throws {
        let codes = try source.ints("equation")
        let equation = String(String.UnicodeScalarView(codes.compactMap { Unicode.Scalar(UInt32(clamping: $0)) }))
        if equation == "ii" {
            // The trace.
            self.bottomAxes = [[0, 0]]
            self.topAxisCount = 0
            return
        }
        let sides = equation.split(separator: "->", omittingEmptySubsequences: false)
        guard sides.count == 2 else { throw Misfit("the equation is \"\(equation)\", wanted one arrow") }
        // ncnn takes the top's axes in this order, whatever the letters say; its newer versions want the letters so.
        guard !sides[1].isEmpty, "ijkl".hasPrefix(sides[1]) else {
            throw Misfit("the equation is \"\(equation)\", wanted i, ij, ijk or ijkl behind the arrow")
        }
        self.topAxisCount = sides[1].count
        self.bottomAxes = try sides[0].split(separator: ",").map { term in
            try term.unicodeScalars.map { letter in
                guard ("i"..."x").contains(letter) else {
                    throw Misfit("the equation is \"\(equation)\", wanted letters from i to x before the arrow")
                }
                return Int(letter.value - Unicode.Scalar("i").value)
            }
        }
    }

    func run(_ bottoms: [Tensor]) throws -> [Tensor] {
        guard bottoms.count == bottomAxes.count else {
            throw Misfit("has \(bottoms.count) bottoms, the equation has \(bottomAxes.count)")
        }
        let extents = try extents(bottoms)
        let steps = zip(bottoms, bottomAxes).map { bottom, axes in Self.steps(bottom.shape, axes, of: extents.count) }
        let shape = Array(extents.prefix(topAxisCount))
        let values = try bottoms.map { try $0.floats() }
        let inner = Array(extents.dropFirst(topAxisCount))
        let innerSteps = steps.map { Array($0.dropFirst(topAxisCount)) }
        return [
            try Tensor(floats: shape.isEmpty ? [1] : shape) { out in
                var positions = steps.map { _ in 0 }
                var indexes = shape.map { _ in 0 }
                for target in out.indices {
                    out[target] = Self.sum(of: values, from: positions, over: inner, innerSteps)
                    Self.advance(&indexes, within: shape, &positions, by: steps)
                }
            }
        ]
    }

    /// The extent of every axis; 1 for a letter that no bottom has.
    private func extents(_ bottoms: [Tensor]) throws -> [Int] {
        let count = max(topAxisCount, (bottomAxes.joined().max() ?? 0) + 1)
        var extents = [Int?](repeating: nil, count: count)
        for (index, (bottom, axes)) in zip(bottoms, bottomAxes).enumerated() {
            guard axes.count == bottom.axisCount else {
                throw Misfit("bottom \(index) has shape \(bottom.shape), the equation gives it \(axes.count) axes")
            }
            for (axis, extent) in zip(axes, bottom.shape) {
                if let known = extents[axis], known != extent {
                    throw Misfit("bottom \(index) has shape \(bottom.shape), wanted \(known) instead of \(extent)")
                }
                extents[axis] = extent
            }
        }
        var work = 1
        for extent in extents {
            let (product, overflow) = work.multipliedReportingOverflow(by: extent ?? 1)
            guard !overflow, product <= Self.largestWork else {
                throw Misfit("adds up more than \(Self.largestWork) products")
            }
            work = product
        }
        return extents.map { $0 ?? 1 }
    }

    /// How far apart the elements of a bottom lie along each axis.
    private static func steps(_ shape: [Int], _ axes: [Int], of count: Int) -> [Int] {
        var steps = [Int](repeating: 0, count: count)
        var step = 1
        for (axis, extent) in zip(axes, shape).reversed() {
            // An axis that a bottom has twice is its diagonal.
            steps[axis] += step
            step *= extent
        }
        return steps
    }

    /// The sum of products from these positions over the inner axes.
    private static func sum(
        of values: [[Float]], from positions: [Int], over extents: [Int], _ steps: [[Int]]
    ) -> Float {
        var positions = positions
        let lastSteps = steps.map { $0.last ?? 0 }
        let outer = Array(extents.dropLast())
        var indexes = outer.map { _ in 0 }
        var sum: Float = 0
        for _ in 0..<outer.reduce(1, *) {
            for last in 0..<(extents.last ?? 1) {
                var product: Float = 1
                for bottom in values.indices {
                    product *= values[bottom][positions[bottom] + last * lastSteps[bottom]]
                }
                sum += product
            }
            advance(&indexes, within: outer, &positions, by: steps)
        }
        return sum
    }

    /// The next index in C order, and the positions that follow from it.
    private static func advance(
        _ indexes: inout [Int], within extents: [Int], _ positions: inout [Int], by steps: [[Int]]
    ) {
        for axis in extents.indices.reversed() {
            indexes[axis] += 1
            let isCarry = indexes[axis] == extents[axis]
            for bottom in positions.indices {
                positions[bottom] += isCarry ? -steps[bottom][axis] * (extents[axis] - 1) : steps[bottom][axis]
            }
            guard isCarry else { return }
            indexes[axis] = 0
        }
    }
}
