/// What is read at a time of an array: columns of which the int8 twin has a part, or all, one behind the other.
struct RowPiece: Hashable {
    /// The element of the int8 twin with which the first column begins.
    let start: Int
    let columns: Int
    /// Elements of each column.
    let lines: Int
    /// From the beginning of one column to that of the next.
    let stride: Int

    var count: Int { columns * lines }

    /// The elements of the int8 twin, in as few runs as they lie in.
    var runs: some Sequence<Range<Int>> {
        let (runs, length) = lines == stride ? (1, count) : (columns, lines)
        return (0..<runs).lazy.map { start + $0 * stride..<start + $0 * stride + length }
    }
}
