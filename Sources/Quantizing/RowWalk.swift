import ModelFormat

/// A weight array cut into the rows that share a scale, in the order in which the int8 twin stores them.
struct RowWalk: Hashable {
    /// A matrix that the int8 twin stores the other way round: as `rows` × `columns` in the float model.
    struct Turn: Hashable {
        let rows: Int
        let columns: Int
    }

    /// Weights that lie within one row.
    struct Segment {
        let row: Int
        /// The element of the int8 twin with which they begin.
        let start: Int
        let weights: UnsafeBufferPointer<Float>
    }

    let weight: StoredWeight
    /// Number of scales, above 0.
    let rowCount: Int
    /// nil where the array lies in the float model as in the int8 twin.
    let turn: Turn?

    /// Elements of one row.
    var rowLength: Int { weight.count / rowCount }

    /// The row in which an element of the int8 twin lies.
    func row(of element: Int) -> Int { element / rowLength }

    /// Reads a piece, and passes it row by row.
    ///
    /// - Parameter buffer: where it is read to; has room for it.
    func forEachSegment(
        of piece: RowPiece, with reader: WeightReader<some ByteSource>, in buffer: PieceBuffer<Float>,
        _ body: (Segment) throws -> Void
    ) throws {
        let codebook = try reader.codebook(of: weight)
        try buffer.with(piece.count) { floats in
            if let turn {
                try readTurned(piece, turn, with: reader, codebook: codebook, into: floats)
            } else {
                try reader.read(weight, from: piece.start, codebook: codebook, into: floats)
            }
            var rest = UnsafeBufferPointer(floats)[...]
            for run in piece.runs {
                var start = run.lowerBound
                while start < run.upperBound {
                    let row = row(of: start)
                    let end = min(run.upperBound, (row + 1) * rowLength)
                    let weights = UnsafeBufferPointer(rebasing: rest.prefix(end - start))
                    try body(Segment(row: row, start: start, weights: weights))
                    rest = rest.dropFirst(end - start)
                    start = end
                }
            }
        }
    }

    /// Passes all weights, piece by piece.
    func forEachSegment(
        with reader: WeightReader<some ByteSource>, _ body: (Segment) throws -> Void
    ) throws {
        let pieces = RowPieces(self, of: reader)
        let buffer = PieceBuffer<Float>(pieces.largest)
        for index in 0..<pieces.count {
            try forEachSegment(of: pieces[index], with: reader, in: buffer, body)
        }
    }

    /// Reads a block of the float model's matrix, some lines at a time: as many as have one column's part in a line of the cache.
    private func readTurned(
        _ piece: RowPiece, _ turn: Turn, with reader: WeightReader<some ByteSource>, codebook: [Float],
        into block: UnsafeMutableBufferPointer<Float>
    ) throws {
        let (column, first) = piece.start.quotientAndRemainder(dividingBy: turn.rows)
        let batches = Cut(count: piece.lines, size: 16)
        try PieceBuffer<Float>(batches.largest * piece.columns).with(batches.largest * piece.columns) { read in
            for batch in 0..<batches.pieceCount {
                let lines = batches[batch]
                for (index, line) in lines.enumerated() {
                    let part = UnsafeMutableBufferPointer(
                        rebasing: read[index * piece.columns..<(index + 1) * piece.columns])
                    let start = (first + line) * turn.columns + column
                    try reader.read(weight, from: start, codebook: codebook, into: part)
                }
                for column in 0..<piece.columns {
                    for (index, line) in lines.enumerated() {
                        block[column * piece.lines + line] = read[index * piece.columns + column]
                    }
                }
            }
        }
    }
}
