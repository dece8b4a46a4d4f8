import Numerics

extension Operators {
    /// Layers that pass blobs on or hold one.
    static let plumbingOperators: [OperatorType] = [
        // The shape in the params of an Input is a hint that ncnn does not hold anyone to.
        .function("Input") { _ in { _ in throw Misfit("no tensor was given for this input") } },
        .function("MemoryData") { source in
            let shape = try memoryShape(source)
            // Without any extent ncnn makes one element and does not set it; zero is as good as any.
            let data = try source.floatWeight("data") ?? [0]
            let tensor = try Tensor(shape.isEmpty ? [1] : shape, data)
            return { _ in [tensor] }
        },
        .function("Noop") { _ in { $0 } },
        .function("Split") { source in
            let count = source.topCount
            return { [Tensor](repeating: try $0.bottom(0), count: count) }
        },
    ]

    /// The extents of a constant: the highest axis that is set decides how many count.
    private static func memoryShape(_ source: LayerSource) throws -> [Int] {
        let extents = try ["c", "d", "h", "w"].map(source.int)
        if extents[1] != 0 { return extents }
        if extents[0] != 0 { return [extents[0], extents[2], extents[3]] }
        if extents[2] != 0 { return [extents[2], extents[3]] }
        return extents[3] != 0 ? [extents[3]] : []
    }
}
