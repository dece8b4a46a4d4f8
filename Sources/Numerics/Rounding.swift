/// The rounding rule of int8: half away from zero, clamped to ±127 (ncnn's `float2int8`); NaN gives 0.
///
/// The readable reference of `quantd_quantize`.
@inlinable
public func quantized(_ value: Float, scale: Float) -> Int8 {
    let scaled = value * scale
    guard !scaled.isNaN else { return 0 }
    let rounded = scaled.rounded(.toNearestOrAwayFromZero)
    return Int8(max(-127, min(127, rounded)))
}
