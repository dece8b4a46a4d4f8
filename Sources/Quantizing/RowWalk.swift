import ModelFormat

/// A weight array cut into the rows that share a scale, in the order in which the int8 twin stores them.
struct RowWalk: Hashable {
    /// A matrix that the int8 twin stores the other way round: as `rows` × `columns` in the float model.
    struct Turn: Hashable {
        let rows: Int
        let columns: Int
    }

    let weight: StoredWeight
    /// Number of scales.
    let rowCount: Int
    /// nil where the array lies in the float model as in the int8 twin.
    let turn: Turn?

    /// Elements of one row.
    private var rowLength: Int { rowCount == 0 ? 0 : weight.count / rowCount }

    /// The row in which an element of the int8 twin lies.
    func row(of element: Int) -> Int { element / rowLength }

    /// The elements of the int8 twin in pieces that are read at a time, of which several threads can read different ones.
    ///
    /// Short rows are not torn. A matrix that is turned is read strip by strip, so that no more than a strip of it is ever in
    /// memory.
    func pieces(of reader: WeightReader<some ByteSource>) -> Cut {
        guard let turn else {
            let isShort = 0 < rowLength && rowLength < reader.pieceSize
            return Cut(count: weight.count, size: reader.pieceSize - (isShort ? reader.pieceSize % rowLength : 0))
        }
        // Wide strips, since each of their lines is read for itself.
        return Cut(count: weight.count, size: turn.rows * max(1, min(turn.columns, 4 * reader.pieceSize / turn.rows)))
    }

    /// Whether no row is torn by this cut.
    func hasWholeRows(in cut: Cut) -> Bool {
        cut.pieceCount <= 1 || cut.size.isMultiple(of: rowLength)
    }

    /// Passes a piece: parts that lie within one row each, with the row's number.
    ///
    /// - Parameter buffer: where the piece is read to; has room for it.
    func forEachSegment(
        of piece: Range<Int>, with reader: WeightReader<some ByteSource>, in buffer: PieceBuffer<Float>,
        _ body: (Int, UnsafeBufferPointer<Float>) throws -> Void
    ) throws {
        let codebook = try reader.codebook(of: weight)
        try buffer.with(piece.count) { floats in
            if let turn {
                try readTurned(piece, turn, with: reader, codebook: codebook, into: floats)
            } else {
                try reader.read(weight, from: piece.lowerBound, codebook: codebook, into: floats)
            }
            var position = piece.lowerBound
            var rest = UnsafeBufferPointer(floats)[...]
            while !rest.isEmpty {
                let (row, column) = position.quotientAndRemainder(dividingBy: rowLength)
                let segment = rest.prefix(rowLength - column)
                try body(row, UnsafeBufferPointer(rebasing: segment))
                position += segment.count
                rest = rest.dropFirst(segment.count)
            }
        }
    }

    /// Passes all weights, piece by piece.
    func forEachSegment(
        with reader: WeightReader<some ByteSource>, _ body: (Int, UnsafeBufferPointer<Float>) throws -> Void
    ) throws {
        let pieces = pieces(of: reader)
        let buffer = PieceBuffer<Float>(pieces.largest)
        for index in 0..<pieces.pieceCount {
            try forEachSegment(of: pieces[index], with: reader, in: buffer, body)
        }
    }

    /// Reads whole columns of the float model's matrix, line by line.
    private func readTurned(
        _ piece: Range<Int>, _ turn: Turn, with reader: WeightReader<some ByteSource>, codebook: [Float],
        into strip: UnsafeMutableBufferPointer<Float>
    ) throws {
        let columns = piece.lowerBound / turn.rows..<piece.upperBound / turn.rows
        let line = UnsafeMutableBufferPointer<Float>.allocate(capacity: columns.count)
        defer { line.deallocate() }
        for row in 0..<turn.rows {
            try reader.read(weight, from: row * turn.columns + columns.lowerBound, codebook: codebook, into: line)
            for index in 0..<columns.count {
                strip[index * turn.rows + row] = line[index]
            }
        }
    }
}
