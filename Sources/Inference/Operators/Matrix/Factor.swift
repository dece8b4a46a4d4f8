import Numerics

/// A factor of a product, in float or int8.
enum Factor: Sendable {
    case float(Panels<Float>)
    case int8(QuantizedPanels)

    /// The lanes and the depth of the panels.
    var extents: (lanes: Int, depth: Int) {
        switch self {
        case .float(let panels): (panels.lanes, panels.depth)
        case .int8(let quantized): (quantized.panels.lanes, quantized.panels.depth)
        }
    }
}
