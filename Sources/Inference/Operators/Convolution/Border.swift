/// The border that a convolution's pads ask for.
enum Border: Sendable {
    /// As many elements as the params say.
    case explicit
    /// As many as make `ceil(extent / stride)` places, the odd one behind (all pads -233).
    case sameUpper
    /// The same with the odd one before (all pads -234).
    case sameLower

    /// The windows with what the pads say, and the kind of border.
    ///
    /// Pads that are neither above zero nor all one of the two marks mean nothing to ncnn (src/layer/convolution.cpp at
    /// a4d2ea1d, `make_padding`).
    static func read(
        _ source: LayerSource, _ rank: SpatialRank, windows: [Window]
    ) throws -> (windows: [Window], border: Border) {
        let pads = try source.pads(rank)
        let all = pads.suffix(rank.rawValue).flatMap { [$0.before, $0.after] }
        if all.contains(where: { $0 > 0 }) {
            guard let negative = all.first(where: { $0 < 0 }) else {
                return (zip(windows, pads).map { $0.with(before: $1.before, after: $1.after) }, .explicit)
            }
            throw Misfit("has a pad of \(negative) beside pads above 0")
        }
        if all.allSatisfy({ $0 == -233 }) { return (windows, .sameUpper) }
        if all.allSatisfy({ $0 == -234 }) { return (windows, .sameLower) }
        return (windows, .explicit)
    }

    /// The windows with the border that they have on a blob of these extents.
    ///
    /// A stride beyond the kernel asks for less than no border; ncnn then cuts elements off, but only where another axis
    /// has a border to be made, since otherwise it makes none at all.
    func applied(to windows: [Window], extents: [Int]) -> [Window] {
        if case .explicit = self { return windows }
        let totals = windows.indices.map { windows[$0].sameBorder(on: extents[$0]) }
        let isMade = totals.contains { $0 > 0 }
        return windows.indices.map { axis in
            let total = isMade ? totals[axis] : 0
            // Rows are always cut off behind, whatever the mark says (src/layer/padding.cpp, `copy_make_border_image`).
            if total < 0, axis < windows.count - 1 { return windows[axis].with(before: 0, after: total) }
            // ncnn's three-dimensional layers put the odd one of depth behind in either case.
            let isLower = if case .sameLower = self { axis > 0 } else { false }
            let before = isLower ? total - total / 2 : total / 2
            return windows[axis].with(before: before, after: total - before)
        }
    }
}
