import Numerics

/// The axes in another order (ncnn src/layer/permute.cpp at a4d2ea1d).
enum Permute {
    /// The orders by `order_type` for 2, 3 and 4 axes, innermost first as ncnn writes them; the first is how the bottom lies.
    private static let orders: [Int: [String]] = [
        2: ["wh", "hw"],
        3: ["whc", "hwc", "wch", "cwh", "hcw", "chw"],
        4: [
            "whdc", "hwdc", "wdhc", "dwhc", "hdwc", "dhwc", "whcd", "hwcd", "wchd", "cwhd", "hcwd", "chwd",
            "wdch", "dwch", "wcdh", "cwdh", "dcwh", "cdwh", "hdcw", "dhcw", "hcdw", "chdw", "dchw", "cdhw",
        ],
    ]

    static func run(_ bottom: Tensor, order: Int) throws -> Tensor {
        // A vector has only one order.
        guard let orders = orders[bottom.axisCount] else { return bottom }
        guard orders.indices.contains(order) else {
            throw Misfit("order_type is \(order) for shape \(bottom.shape), wanted 0 to \(orders.count - 1)")
        }
        guard order > 0 else { return bottom }
        let names = Array(orders[0].reversed())
        return try bottom.gathered(
            View(bottom.shape).permuted(orders[order].reversed().compactMap(names.firstIndex(of:))))
    }
}
