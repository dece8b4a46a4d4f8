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

    /// The same elements in the order of the float model.
    var unturned: RowWalk { RowWalk(weight: weight, rowCount: rowCount, turn: nil) }

    /// Elements of one row.
    var rowLength: Int { weight.count / rowCount }

    /// The row in which an element of the int8 twin lies.
    func row(of element: Int) -> Int { element / rowLength }

    /// Reads the elements of a piece, in the order of the int8 twin.
    func read(
        _ piece: RowPiece, with reader: WeightReader<some ByteSource>, into floats: UnsafeMutableBufferPointer<Float>
    ) throws {
        let codebook = try reader.codebook(of: weight)
        if let turn {
            try readTurned(piece, turn, with: reader, codebook: codebook, into: floats)
        } else {
            try reader.read(weight, from: piece.start, codebook: codebook, into: floats)
        }
    }

    /// Passes the elements of a piece row by row.
    func forEachSegment(
        of piece: RowPiece, in floats: UnsafeBufferPointer<Float>, _ body: (Segment) throws -> Void
    ) rethrows {
        var rest = floats[...]
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
