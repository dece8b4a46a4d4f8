import Numerics
import Vocabulary

/// The extents of an array's rows, or of some that follow one another.
struct RowExtents: Sendable {
    /// Number of the first row.
    private let first: Int
    private(set) var extents: [WeightKernels.Extent] = []

    init(from first: Int) {
        self.first = first
    }

    /// Adds what was found in a part of the last row, or in the row behind it.
    mutating func add(_ extent: WeightKernels.Extent, in row: Int) {
        if row - first < extents.count {
            extents[row - first].add(extent)
        } else {
            extents.append(extent)
        }
    }

    /// Adds what was found behind these; may begin with the rest of their last row.
    mutating func add(_ rest: RowExtents) {
        for (index, extent) in rest.extents.enumerated() { add(extent, in: rest.first + index) }
    }

    var deadRows: Int { extents.count { $0 == WeightKernels.Extent() } }

    /// Why a layer with such a weight array must stay float; nil where it need not.
    func obstacle(in weight: String) -> FloatReason? {
        guard let index = extents.firstIndex(where: { $0.nonFinite > 0 }) else { return nil }
        let count = extents.reduce(0) { $0 + $1.nonFinite }
        return FloatReason(
            .nonFiniteWeight, "\(weight) holds \(count) NaN or infinite values, the first in row \(first + index)")
    }
}
