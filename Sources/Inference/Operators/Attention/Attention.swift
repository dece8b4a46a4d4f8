import Numerics

/// Scaled dot-product attention between blobs of heads, whose rows are positions.
struct Attention {
    let product: MatrixProduct

    /// `softmax(query · keyᵀ * scale + mask) · value`, head by head.
    ///
    /// Each head of key and value may serve several of query.
    ///
    /// - Throws: `Misfit` where the shapes do not fit.
    func callAsFunction(
        query: Tensor, key: Tensor, value: Tensor, scale: Float, mask maskBottom: Tensor?
    ) throws -> Tensor {
        let (heads, groups) = (query.channels, key.channels)
        let (asking, asked) = (query.height, key.height)
        guard
            [query, key, value].allSatisfy({ (2...3).contains($0.axisCount) }), key.width == query.width,
            value.height == asked, value.channels == groups, heads.isMultiple(of: groups)
        else {
            throw Misfit("query, key and value have shapes \(query.shape), \(key.shape) and \(value.shape)")
        }
        let mask = try maskBottom.map { try AttentionMask($0, heads: heads, rows: asking, columns: asked) }
        let queries = Matrix(checked: heads * asking, query.width, try query.floats())
        let keys = Matrix(checked: groups * asked, key.width, try key.floats())
        let values = Matrix(checked: groups * asked, value.width, try value.floats())
        return try Tensor(floats: [heads, asking, value.width]) { out in
            let size = asking * value.width
            Threads.each(heads) { head in
                let group = head / (heads / groups)
                let raw = product(
                    queries.rows(head * asking..<(head + 1) * asking),
                    keys.rows(group * asked..<(group + 1) * asked), isTransposed: true)
                let shares = Self.shares(of: raw, scale: scale, mask: mask?[head])
                let result = product(
                    shares, values.rows(group * asked..<(group + 1) * asked), isTransposed: false)
                _ = UnsafeMutableBufferPointer(rebasing: out[head * size..<(head + 1) * size])
                    .update(fromContentsOf: result.elements)
            }
        }
    }

    /// How much each position that asks takes from each that is asked.
    private static func shares(of scores: Matrix<Float>, scale: Float, mask: ArraySlice<Float>?) -> Matrix<Float> {
        var shares = scores.elements
        shares.withUnsafeMutableBufferPointer { shares in
            for index in shares.indices { shares[index] *= scale }
            if let mask {
                for (index, value) in mask.enumerated() { shares[index] += value }
            }
            guard let start = shares.baseAddress else { return }
            for row in 0..<scores.rows { Softmax.apply(to: start + row * scores.columns, count: scores.columns) }
        }
        return Matrix(checked: scores.rows, scores.columns, shares)
    }

    /// The rows of each head behind those of a cache; the empty cache adds none.
    ///
    /// - Throws: `Misfit` where the cache is of another form.
    static func joined(_ current: Tensor, behind past: Tensor) throws -> Tensor {
        guard !past.isEmpty else { return current }
        guard past.axisCount <= 3, current.axisCount <= 3, past.width == current.width,
            past.channels == current.channels
        else {
            throw Misfit("a cache has shape \(past.shape), it does not fit \(current.shape)")
        }
        let heads = current.channels
        let (pastSize, size) = (past.count / heads, current.count / heads)
        let (pastValues, values) = (try past.floats(), try current.floats())
        var joined: [Float] = []
        for head in 0..<heads {
            joined += pastValues[head * pastSize..<(head + 1) * pastSize]
            joined += values[head * size..<(head + 1) * size]
        }
        return try Tensor([heads, past.height + current.height, current.width], joined)
    }
}

/// What is added to the scores of attention.
private struct AttentionMask {
    private let values: [Float]
    private let size: Int
    private let isShared: Bool

    /// - Throws: `Misfit` where the blob is not one matrix of `rows` by `columns`, or one for each head.
    init(_ tensor: Tensor, heads: Int, rows: Int, columns: Int) throws {
        isShared = tensor.channels == 1
        guard
            (2...3).contains(tensor.axisCount), tensor.height == rows, tensor.width == columns,
            isShared || tensor.channels == heads
        else {
            throw Misfit("the mask has shape \(tensor.shape), wanted \([rows, columns]) or \([heads, rows, columns])")
        }
        values = try tensor.floats()
        size = rows * columns
    }

    /// The matrix of a head.
    subscript(head: Int) -> ArraySlice<Float> {
        isShared ? values[...] : values[head * size..<(head + 1) * size]
    }
}
