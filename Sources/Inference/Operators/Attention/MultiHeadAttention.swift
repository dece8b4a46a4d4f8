import Numerics

/// Attention between projections of its bottoms (ncnn src/layer/multiheadattention.cpp at a4d2ea1d).
///
/// Caches are kept as runtime 1.0.20261020 keeps them, each head with a row for each position; the source still had a
/// column for each position, all heads in one matrix.
struct MultiHeadAttention: Operator {
    private let takesMask: Bool
    private let keepsCache: Bool
    private let scale: Float
    private let query: Projection
    private let key: Projection
    private let value: Projection
    private let output: Projection
    private let attention: Attention

    init(_ source: LayerSource) throws {
        let term = try source.int("quantize_term")
        // ncnn refuses 4 to 6; 400 and above are blocks of weights with 4, 6 or 8 bits.
        guard !(4...6).contains(term), term < 400 else {
            throw Misfit("quantize_term is \(term), wanted 0 or int8 with a scale for each row")
        }
        let (dimension, heads) = (try source.int("embed_dim"), try source.int("num_heads"))
        guard dimension > 0, heads > 0, dimension.isMultiple(of: heads) else {
            throw Misfit("embed_dim is \(dimension), wanted a multiple of num_heads, which is \(heads)")
        }
        let isInt8 = term != 0
        let queryDimension = try source.int("weight_data_size") / dimension
        func projection(
            _ name: String, heads: Int, _ rows: Int, _ columns: Int, scales: String = "int8_scales"
        ) throws -> Projection {
            try Projection(source, name, heads: heads, rows: rows, columns: columns, scales: isInt8 ? scales : nil)
        }
        self.takesMask = try source.flag("attn_mask")
        self.keepsCache = try source.flag("kv_cache")
        self.scale = try source.float("scale")
        self.query = try projection("q", heads: heads, dimension, queryDimension)
        self.key = try projection("k", heads: heads, dimension, source.int("kdim"))
        self.value = try projection("v", heads: heads, dimension, source.int("vdim"))
        self.output = try projection("out", heads: 1, queryDimension, dimension, scales: "int8_scale")
        self.attention = Attention(product: isInt8 ? .int8 : .float)
    }

    func run(_ bottoms: [Tensor]) throws -> [Tensor] {
        // One bottom is query, key and value; of two, the second is key and value.
        let inputs = bottoms.count - (takesMask ? 1 : 0) - (keepsCache ? 2 : 0)
        guard (1...3).contains(inputs) else {
            throw Misfit("has \(bottoms.count) bottoms, \(inputs) of them inputs, wanted 1 to 3 inputs")
        }
        let cache = inputs + (takesMask ? 1 : 0)
        let asking = try query.factor(of: bottoms[0])
        let own = inputs == 1 ? asking : nil
        let queries = try query.heads(of: asking, scale: scale)
        let keys = try projected(
            bottoms[min(1, inputs - 1)], own, by: key, behind: keepsCache ? bottoms[cache] : .empty)
        let values = try projected(
            bottoms[inputs - 1], own, by: value, behind: keepsCache ? bottoms[cache + 1] : .empty)
        let context = try attention(
            query: queries, key: keys, value: values, scale: 1, mask: takesMask ? bottoms[inputs] : nil)
        let top = try output.rows(of: context)
        return keepsCache ? [top, keys, values] : [top]
    }

    /// The heads of a bottom behind those of the past; attention to another bottom takes the past alone, if any.
    ///
    /// - Parameter own: the bottom as a factor, where attention is to the bottom that asks.
    private func projected(
        _ bottom: Tensor, _ own: Factor?, by projection: Projection, behind past: Tensor
    ) throws -> Tensor {
        guard own != nil || past.isEmpty else {
            try projection.check(past: past)
            return past
        }
        return try Attention.joined(
            projection.heads(of: own ?? projection.factor(of: bottom)), behind: past)
    }
}
