import ModelFormat
import Numerics
import Vocabulary

/// What is found in the rows of an array, or in a piece of it: their extents, and what quantizing them cost.
struct ArrayFindings: Sendable {
    private(set) var errors = WeightErrors()
    /// By row, from the first one on.
    private(set) var extents: [WeightKernels.Extent] = []
    /// The row of the first extent.
    private let firstRow: Int

    /// - Parameter rowCount: how many there will be at least.
    init(from firstRow: Int = 0, rowCount: Int = 0) {
        self.firstRow = firstRow
        extents.reserveCapacity(rowCount)
    }

    /// Adds what was found in weights of a row, which is none before the first.
    mutating func add(_ extent: WeightKernels.Extent, _ errors: WeightErrors = WeightErrors(), in row: Int) {
        let missing = row - firstRow + 1 - extents.count
        if missing > 0 { extents += repeatElement(WeightKernels.Extent(), count: missing) }
        extents[row - firstRow].add(extent)
        self.errors.add(errors)
    }

    /// Adds what was found in another piece.
    mutating func add(_ other: ArrayFindings) {
        for (index, extent) in other.extents.enumerated() { add(extent, in: other.firstRow + index) }
        errors.add(other.errors)
    }

    /// The largest magnitude of all.
    var absmax: Float { extents.reduce(0) { max($0, $1.absmax) } }

    var deadRows: Int { extents.count { $0 == WeightKernels.Extent() } }

    /// A scale for each row, computed from its weights.
    var scales: [Float] { extents.map(\.scale) }

    /// Why a layer with such a weight array must stay float; nil where it need not.
    ///
    /// - Parameter isScaleSource: whether scales are computed from these weights.
    func obstacle(in weight: String, isScaleSource: Bool = false) -> FloatReason? {
        if let index = extents.firstIndex(where: { $0.nonFinite > 0 }) {
            let count = extents.reduce(0) { $0 + $1.nonFinite }
            return FloatReason(
                .nonFiniteWeight,
                "\(weight) holds \(count) NaN or infinite values, the first in row \(firstRow + index)")
        }
        guard isScaleSource, let index = extents.firstIndex(where: { !$0.scale.isFinite }) else { return nil }
        return FloatReason(
            .badScale,
            "row \(firstRow + index) of \(weight) is so small (\(extents[index].absmax)) that its scale is infinite")
    }
}

extension WeightKernels.Extent {
    /// What maps these weights to all of ±127; infinite for the smallest. A dead row may have any.
    var scale: Float { absmax == 0 ? 1 : 127 / absmax }
}
