import ModelFormat
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

    /// Reads an array for nothing else.
    init(of walk: RowWalk, _ reader: WeightReader<some ByteSource>, _ kernels: WeightKernels) throws {
        self.init(from: 0)
        let cut = walk.pieces(of: reader)
        try PieceWork.share(cut, buffers: { PieceBuffer<Float>(cut.largest) }) { buffer, piece in
            var extents = RowExtents(from: walk.row(of: piece.lowerBound))
            try walk.forEachSegment(of: piece, with: reader, in: buffer) { row, segment in
                extents.add(kernels.extent(segment), in: row)
            }
            return extents
        } collect: {
            add($0)
        }
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
                .nonFiniteWeight, "\(weight) holds \(count) NaN or infinite values, the first in row \(first + index)")
        }
        guard isScaleSource, let index = extents.firstIndex(where: { !$0.scale.isFinite }) else { return nil }
        return FloatReason(
            .badScale,
            "row \(first + index) of \(weight) is so small (\(extents[index].absmax)) that its scale is infinite")
    }
}

extension WeightKernels.Extent {
    /// What maps these weights to all of ±127; infinite for the smallest. A dead row may have any.
    var scale: Float { absmax == 0 ? 1 : 127 / absmax }
}
