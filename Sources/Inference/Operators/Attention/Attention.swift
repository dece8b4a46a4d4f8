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
        // The scores of a head are held at a time.
        _ = try Tensor.count(of: [asking, asked])
        let (queries, keys, values) = (try query.floats(), try key.floats(), try value.floats())
        return try Tensor(floats: [heads, asking, value.width]) { out in
            Threads.each(heads) { head in
                let group = head / (heads / groups)
                withUnsafeTemporaryAllocation(of: Float.self, capacity: asking * asked) { shares in
                    queries.withUnsafeBufferPointer { queries in
                        keys.withUnsafeBufferPointer { keys in
                            let (size, keySize) = (asking * key.width, asked * key.width)
                            product(
                                UnsafeBufferPointer(rebasing: queries[head * size..<(head + 1) * size]), rows: asking,
                                UnsafeBufferPointer(rebasing: keys[group * keySize..<(group + 1) * keySize]),
                                .rows(asked, of: key.width), into: shares)
                        }
                    }
                    Self.share(shares, columns: asked, scale: scale, mask: mask?[head])
                    let size = asking * value.width
                    let context = UnsafeMutableBufferPointer(rebasing: out[head * size..<(head + 1) * size])
                    values.withUnsafeBufferPointer { values in
                        let size = asked * value.width
                        product(
                            UnsafeBufferPointer(shares), rows: asking,
                            UnsafeBufferPointer(rebasing: values[group * size..<(group + 1) * size]),
                            .columns(value.width, of: asked), into: context)
                    }
                }
            }
        }
    }

    /// Makes of scores how much each position that asks takes from each that is asked.
    private static func share(
        _ scores: UnsafeMutableBufferPointer<Float>, columns: Int, scale: Float, mask: ArraySlice<Float>?
    ) {
        if scale != 1 {
            for index in scores.indices { scores[index] *= scale }
        }
        if let mask {
            for (index, value) in mask.enumerated() { scores[index] += value }
        }
        for start in stride(from: 0, to: scores.count, by: columns) {
            PointwiseKernels.fast.softmax(UnsafeMutableBufferPointer(rebasing: scores[start..<start + columns]))
        }
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
