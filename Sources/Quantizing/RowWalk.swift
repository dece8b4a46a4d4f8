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
    var rowLength: Int { weight.count / rowCount }

    /// Passes the weights in the int8 twin's order: pieces that lie within one row each, with the row's number.
    func forEachSegment(
        with reader: WeightReader<some ByteSource>, _ body: (Int, UnsafeBufferPointer<Float>) throws -> Void
    ) throws {
        var position = 0
        func cut(_ piece: UnsafeBufferPointer<Float>) throws {
            var rest = piece[...]
            while !rest.isEmpty {
                let (row, column) = position.quotientAndRemainder(dividingBy: rowLength)
                let segment = rest.prefix(rowLength - column)
                try body(row, UnsafeBufferPointer(rebasing: segment))
                position += segment.count
                rest = rest.dropFirst(segment.count)
            }
        }
        if let turn {
            try forEachTurnedPiece(turn, with: reader, cut)
        } else {
            try reader.forEachPiece(of: weight, cut)
        }
    }

    /// Turns the matrix strip by strip, so that no more than a strip of it is ever in memory.
    private func forEachTurnedPiece(
        _ turn: Turn, with reader: WeightReader<some ByteSource>, _ body: (UnsafeBufferPointer<Float>) throws -> Void
    ) throws {
        let codebook = try reader.codebook(of: weight)
        let width = max(1, min(turn.columns, 4 * reader.pieceCount / turn.rows))
        let line = UnsafeMutableBufferPointer<Float>.allocate(capacity: width)
        let strip = UnsafeMutableBufferPointer<Float>.allocate(capacity: width * turn.rows)
        defer {
            line.deallocate()
            strip.deallocate()
        }
        for column in stride(from: 0, to: turn.columns, by: width) {
            let count = min(width, turn.columns - column)
            let part = UnsafeMutableBufferPointer(rebasing: line[..<count])
            for row in 0..<turn.rows {
                try reader.read(weight, from: row * turn.columns + column, codebook: codebook, into: part)
                for index in 0..<count {
                    strip[index * turn.rows + row] = part[index]
                }
            }
            try body(UnsafeBufferPointer(rebasing: strip[..<(count * turn.rows)]))
        }
    }
}
