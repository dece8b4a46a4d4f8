import Numerics

/// The bottom's width and height resized (ncnn src/layer/interp.cpp at a4d2ea1d).
struct Interp: Operator {
    private enum Kind: Int {
        case none
        case nearest
        case bilinear
        case bicubic
    }

    private let kind: Kind
    private let heightScale: Float
    private let widthScale: Float
    private let height: Int
    private let width: Int
    /// Whether the second bottom has the size that the top gets.
    private let hasReference: Bool
    private let alignsCorners: Bool
    private let expression: SizeExpression

    init(_ source: LayerSource) throws {
        let type = try source.int("resize_type")
        guard let kind = Kind(rawValue: type) else { throw Misfit("resize_type is \(type), wanted 0 to 3") }
        self.kind = kind
        heightScale = try source.float("height_scale")
        widthScale = try source.float("width_scale")
        height = try source.int("output_height")
        width = try source.int("output_width")
        hasReference = try source.int("dynamic_target_size") == 1
        alignsCorners = try source.flag("align_corner")
        expression = try SizeExpression(try source.string("size_expr"))
    }

    func run(_ bottoms: [Tensor]) throws -> [Tensor] {
        let bottom = try bottoms.bottom(0)
        let size = try size(bottoms)
        switch bottom.axisCount {
        case 1:
            // Each element of a vector becomes a whole plane.
            let axes = View([bottom.width, 1, 1]).axes
            let view = View(
                start: 0, axes: [axes[0], .init(count: size.height, step: 0), .init(count: size.width, step: 0)])
            return [try bottom.gathered(view)]
        case 2:
            guard size.width != bottom.width else { return [bottom] }
            let rows = try bottom.reshaped([bottom.height, 1, bottom.width])
            return [try resized(rows, height: 1, width: size.width).reshaped([bottom.height, size.width])]
        case 3:
            guard size.width != bottom.width || size.height != bottom.height else { return [bottom] }
            return [try resized(bottom, height: size.height, width: size.width)]
        default:
            throw Misfit("has a bottom of shape \(bottom.shape), wanted 1 to 3 axes")
        }
    }

    /// The size of the top.
    private func size(_ bottoms: [Tensor]) throws -> (height: Int, width: Int) {
        let bottom = try bottoms.bottom(0)
        if !expression.isEmpty {
            let sizes = try expression.sizes(bottoms)
            guard (1...2).contains(sizes.count) else {
                throw Misfit("size_expr has \(sizes.count) sizes, wanted 1 or 2")
            }
            return (sizes.count == 2 ? sizes[1] : bottom.height, sizes[0])
        }
        if hasReference {
            let reference = try bottoms.bottom(1)
            return (reference.height, reference.width)
        }
        guard height == 0 || width == 0 else { return (height, width) }
        // A vector counts as planes of one element.
        let extents = bottom.axisCount == 1 ? (1, 1) : (bottom.height, bottom.width)
        return (try scaled(extents.0, heightScale), try scaled(extents.1, widthScale))
    }

    private func scaled(_ extent: Int, _ scale: Float) throws -> Int {
        guard let size = Int32(exactly: (Float(extent) * scale).rounded(.towardZero)) else {
            throw Misfit("has a scale of \(scale) for an extent of \(extent)")
        }
        return Int(size)
    }

    // MARK: Resizing

    private func resized(_ bottom: Tensor, height: Int, width: Int) throws -> Tensor {
        let shape = [bottom.channels, height, width]
        _ = try Tensor.count(of: shape)
        let columns = try resampling(bottom.width, to: width, given: self.width, scale: widthScale)
        // The rows of a matrix are no pixels; they stay as they are.
        let rows =
            bottom.height == 1 && height == 1
            ? Resampling.nearest(1, to: 1, scale: 1)
            : try resampling(bottom.height, to: height, given: self.height, scale: heightScale)
        let plane = bottom.height * bottom.width
        return try bottom.withFloats { values in
            try Tensor(floats: shape) { out in
                guard let values = values.baseAddress, let out = out.baseAddress else { return }
                nonisolated(unsafe) let (source, target) = (values, out)
                Threads.each(bottom.channels) { channel in
                    let target = target + channel * height * width
                    if kind == .nearest {
                        Self.pick(source + channel * plane, bottom.width, rows, columns, into: target)
                    } else {
                        Self.mix(source + channel * plane, bottom.height, bottom.width, rows, columns, into: target)
                    }
                }
            }
        }
    }

    /// How an axis is resized; `given` is the param with its new extent, 0 where the extent came in another way.
    private func resampling(_ extent: Int, to size: Int, given: Int, scale: Float) throws -> Resampling {
        // Where the scale made the size, the scale itself counts and not what is left of it in whole elements. So does the
        // runtime of October 2026; the source at a4d2ea1d still differs in bilinear, bicubic and a second bottom.
        let isExact = given != 0 || hasReference || !expression.isEmpty
        let factor = isExact ? Float(extent) / Float(size) : 1 / scale
        switch kind {
        case .none:
            throw Misfit("resize_type is 0, wanted 1 to 3 for a change from \(extent) to \(size)")
        case .nearest:
            return .nearest(extent, to: size, scale: factor)
        case .bilinear:
            return .linear(extent, to: size, scale: isExact ? nil : Double(factor), alignsCorners: alignsCorners)
        case .bicubic:
            return .cubic(extent, to: size, scale: isExact ? nil : Double(factor), alignsCorners: alignsCorners)
        }
    }

    private static func pick(
        _ plane: UnsafePointer<Float>, _ width: Int, _ rows: Resampling, _ columns: Resampling,
        into out: UnsafeMutablePointer<Float>
    ) {
        var out = out
        for row in rows.indexes {
            for column in columns.indexes {
                out.pointee = plane[row * width + column]
                out += 1
            }
        }
    }

    /// Mixes columns first and rows then, as ncnn does.
    private static func mix(
        _ plane: UnsafePointer<Float>, _ height: Int, _ width: Int, _ rows: Resampling, _ columns: Resampling,
        into out: UnsafeMutablePointer<Float>
    ) {
        let size = columns.indexes.count / columns.taps
        var mixed = [Float](repeating: 0, count: height * size)
        for row in 0..<height {
            for column in 0..<size {
                var sum: Float = 0
                for tap in column * columns.taps..<(column + 1) * columns.taps {
                    sum += plane[row * width + columns.indexes[tap]] * columns.weights[tap]
                }
                mixed[row * size + column] = sum
            }
        }
        mixed.withUnsafeBufferPointer { mixed in
            guard let mixed = mixed.baseAddress else { return }
            for tap in rows.indexes.indices {
                VectorKernels.add(
                    mixed + rows.indexes[tap] * size, times: rows.weights[tap], to: out + tap / rows.taps * size,
                    count: size)
            }
        }
    }
}
