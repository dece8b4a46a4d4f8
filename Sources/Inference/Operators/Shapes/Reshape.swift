import Numerics

/// The same elements in another shape, whose sizes may be copied from the bottom (0), follow from the others (-1), or be
/// computed by an expression (ncnn src/layer/reshape.cpp at a4d2ea1d).
struct Reshape: Operator {
    /// The wanted sizes, innermost first.
    private enum Sizes {
        case fixed([Int])
        case computed(SizeExpression)
    }

    /// The param value that stands for no batch axis.
    private static let noAxis = 233

    private let sizes: Sizes
    private let inputBatchAxis: Int
    private let outputBatchAxis: Int

    init(_ source: LayerSource) throws {
        inputBatchAxis = try source.int("input_batch_axis")
        outputBatchAxis = try source.int("output_batch_axis")
        let expression = try SizeExpression(try source.string("shape_expr"))
        let (w, h) = (try source.int("w"), try source.int("h"))
        let (c, d) = (try source.int("c"), try source.int("d"))
        if !expression.isEmpty {
            sizes = .computed(expression)
        } else {
            // The first of w, h, c, d that is not set ends the shape.
            let set = [w, h, c, d].prefix { $0 != -233 }
            sizes = .fixed(set.count == 4 ? [w, h, d, c] : Array(set))
        }
    }

    func run(_ bottoms: [Tensor]) throws -> [Tensor] {
        let bottom = try bottoms.bottom(0)
        let innermostFirst =
            switch sizes {
            case .fixed(let sizes): sizes
            case .computed(let expression): try expression.sizes(bottoms)
            }
        let wanted = Array(innermostFirst.reversed())
        guard !wanted.isEmpty else { throw Misfit("wants a shape without axes") }
        let hasBatch = inputBatchAxis != Self.noAxis || outputBatchAxis != Self.noAxis
        return [try bottom.reshaped(hasBatch ? try batchShape(bottom, wanted) : try plainShape(bottom, wanted))]
    }

    /// Here a 0 copies the extent of the same name.
    private func plainShape(_ bottom: Tensor, _ wanted: [Int]) throws -> [Int] {
        guard wanted.count <= Tensor.mostAxes else { throw Misfit("wants \(wanted.count) axes, wanted at most 4") }
        let extents = bottom.extents
        let copies = zip(wanted, Tensor.named[wanted.count]).map { $0 == 0 ? extents[$1] : $0 }
        return try completed(copies, count: bottom.count)
    }

    /// Here a 0 copies the extent of the same position, where a batch axis counts in both shapes.
    ///
    /// ncnn holds a batch as several blobs under one name; here it can only be one.
    private func batchShape(_ bottom: Tensor, _ wanted: [Int]) throws -> [Int] {
        var input = bottom.shape
        if inputBatchAxis != Self.noAxis {
            let axis = inputBatchAxis < 0 ? inputBatchAxis + input.count + 1 : inputBatchAxis
            guard (0...input.count).contains(axis) else {
                throw Misfit("input batch axis \(inputBatchAxis) is none of shape \(input)")
            }
            input.insert(1, at: axis)
        }
        let copies = try wanted.enumerated().map { index, size in
            guard size == 0 else { return size }
            guard input.indices.contains(index) else { throw Misfit("axis \(index) copies none of shape \(input)") }
            return input[index]
        }
        var shape = try completed(copies, count: bottom.count)
        if outputBatchAxis != Self.noAxis {
            let axis = outputBatchAxis < 0 ? outputBatchAxis + shape.count : outputBatchAxis
            guard shape.indices.contains(axis), shape.count > 1 else {
                throw Misfit("output batch axis \(outputBatchAxis) is none of shape \(shape)")
            }
            guard shape[axis] == 1 else { throw Misfit("makes a batch of \(shape[axis]), wanted 1") }
            shape.remove(at: axis)
        }
        return shape
    }

    /// The shape with a -1 replaced by what the others leave of the elements.
    private func completed(_ shape: [Int], count: Int) throws -> [Int] {
        guard let open = shape.firstIndex(of: -1) else { return shape }
        var rest = count
        for (index, size) in shape.enumerated() where index != open {
            guard size > 0, rest % size == 0 else { throw Misfit("shape \(shape) does not fit \(count) elements") }
            rest /= size
        }
        var shape = shape
        shape[open] = rest
        return shape
    }
}
