import ModelFormat

/// An array cut into pieces of bounded size, of which several threads can read different ones.
struct RowPieces {
    private let walk: RowWalk
    /// A matrix that is turned is read in blocks of so many of its lines and columns; any other array is one line.
    private let lines: Cut
    private let columns: Cut

    init(_ walk: RowWalk, of reader: WeightReader<some ByteSource>) {
        self.walk = walk
        if let turn = walk.turn {
            // Each line of a block is read for itself, and each column written: both should be long.
            let area = 4 * reader.pieceSize
            columns = Cut(count: turn.columns, size: min(turn.columns, max(area / turn.rows, min(256, area))))
            lines = Cut(count: turn.rows, size: min(turn.rows, max(1, area / columns.size)))
        } else {
            // Short rows are not torn.
            let (size, length) = (reader.pieceSize, walk.rowLength)
            columns = Cut(count: walk.weight.count, size: length < size ? size / length * length : size)
            lines = Cut(count: 1, size: 1)
        }
    }

    var count: Int { columns.pieceCount * lines.pieceCount }

    /// Elements of the largest piece.
    var largest: Int { columns.largest * lines.largest }

    /// Whether each row lies within one piece.
    var haveWholeRows: Bool {
        lines.pieceCount == 1
            && (columns.pieceCount == 1 || (columns.size * (walk.turn?.rows ?? 1)).isMultiple(of: walk.rowLength))
    }

    /// The pieces with the first columns come first, so that rows follow one another.
    subscript(index: Int) -> RowPiece {
        let (column, line) = index.quotientAndRemainder(dividingBy: lines.pieceCount)
        let (columns, lines) = (columns[column], lines[line])
        guard let turn = walk.turn else {
            return RowPiece(start: columns.lowerBound, columns: columns.count, lines: 1, stride: 1)
        }
        return RowPiece(
            start: columns.lowerBound * turn.rows + lines.lowerBound, columns: columns.count, lines: lines.count,
            stride: turn.rows)
    }
}
