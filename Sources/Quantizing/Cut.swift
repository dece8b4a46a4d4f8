/// A number of elements cut into pieces of one size, of which the last may be smaller.
struct Cut {
    let count: Int
    let size: Int

    /// How many pieces there are.
    var pieceCount: Int { count / size + (count % size == 0 ? 0 : 1) }

    /// Elements of the largest piece.
    var largest: Int { min(count, size) }

    /// The elements of a piece.
    subscript(index: Int) -> Range<Int> {
        index * size..<min(count, (index + 1) * size)
    }
}
