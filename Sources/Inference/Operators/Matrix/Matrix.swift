import Numerics

/// Rows of elements, one behind the other.
struct Matrix<Element: Sendable>: Sendable {
    let rows: Int
    let columns: Int
    let elements: [Element]

    /// A matrix of elements that somebody counted.
    ///
    /// - Throws: `Misfit` where there are not `rows` times `columns` of them.
    init(rows: Int, columns: Int, _ elements: [Element]) throws {
        let (count, overflow) = rows.multipliedReportingOverflow(by: columns)
        guard rows > 0, columns > 0, !overflow, count == elements.count else {
            throw Misfit("a matrix of \(rows) rows and \(columns) columns is wanted, found \(elements.count) elements")
        }
        self.init(checked: rows, columns, elements)
    }

    /// A matrix whose count of elements is known to be right.
    init(checked rows: Int, _ columns: Int, _ elements: [Element]) {
        self.rows = rows
        self.columns = columns
        self.elements = elements
    }

    /// The matrix with its rows as columns.
    var transposed: Matrix {
        elements.withUnsafeBufferPointer { source in
            let turned = [Element](unsafeUninitializedCapacity: source.count) { target, count in
                // In tiles, so that neither side leaves the cache with every step.
                let tile = 16
                for top in stride(from: 0, to: rows, by: tile) {
                    for left in stride(from: 0, to: columns, by: tile) {
                        for column in left..<min(left + tile, columns) {
                            for row in top..<min(top + tile, rows) {
                                target.initializeElement(at: column * rows + row, to: source[row * columns + column])
                            }
                        }
                    }
                }
                count = source.count
            }
            return Matrix(checked: columns, rows, turned)
        }
    }

    /// The rows as lanes of panels, or the columns where it is turned.
    func lanes(isTurned: Bool) -> Lanes {
        isTurned ? .columns(columns, of: rows) : .rows(rows, of: columns)
    }
}

extension Matrix<Float> {
    /// The rows of a blob: those of a matrix, a vector as one row, or the channels where each is one row.
    ///
    /// - Throws: `Misfit` where the blob is none of these.
    init(_ tensor: Tensor) throws {
        let shape = tensor.shape
        guard shape.count == 1 || shape.count == 2 || shape.count == 3 && shape[1] == 1 else {
            throw Misfit("a bottom's shape is \(shape), wanted a matrix")
        }
        self.init(checked: shape.count == 1 ? 1 : shape[0], tensor.width, try tensor.floats())
    }
}
