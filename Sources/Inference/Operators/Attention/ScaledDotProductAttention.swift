import Numerics

/// Attention over heads that are channels (ncnn src/layer/sdpa.cpp at a4d2ea1d).
struct ScaledDotProductAttention: Operator {
    private let takesMask: Bool
    /// 0 for one over the root of the key's width.
    private let scale: Float
    private let keepsCache: Bool
    private let attention: Attention

    init(_ source: LayerSource) throws {
        takesMask = try source.flag("attn_mask")
        scale = try source.float("scale")
        keepsCache = try source.flag("kv_cache")
        attention = Attention(product: try source.flag("int8_scale_term") ? .int8 : .float)
    }

    func run(_ bottoms: [Tensor]) throws -> [Tensor] {
        let query = try bottoms.bottom(0)
        let cache = takesMask ? 4 : 3
        let key = try Attention.joined(bottoms.bottom(1), behind: keepsCache ? bottoms.bottom(cache) : .empty)
        let value = try Attention.joined(bottoms.bottom(2), behind: keepsCache ? bottoms.bottom(cache + 1) : .empty)
        let top = try attention(
            query: query, key: key, value: value, scale: scale == 0 ? 1 / Float(query.width).squareRoot() : scale,
            mask: takesMask ? bottoms.bottom(3) : nil)
        return keepsCache ? [top, key, value] : [top]
    }
}
