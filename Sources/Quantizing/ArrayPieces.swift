import ModelFormat
import Numerics

/// An array that several threads read, piece by piece and perhaps twice.
struct ArrayPieces<Bytes: ByteSource> {
    let walk: RowWalk
    private let pieces: RowPieces
    private let reader: WeightReader<Bytes>
    /// Room for the whole array, which is then read once; nil where each thread has room for a piece.
    private let memory: PieceBuffer<Float>?
    /// Whether the whole array lies in `memory`.
    private var isRead = false

    /// - Parameter memory: has room for all elements of an array that is not turned.
    init(_ walk: RowWalk, of reader: WeightReader<Bytes>, in memory: PieceBuffer<Float>? = nil) {
        self.walk = walk
        self.reader = reader
        self.memory = memory
        pieces = RowPieces(walk, of: reader)
    }

    var count: Int { pieces.count }

    /// Elements of the largest piece.
    var largest: Int { pieces.largest }

    /// Whether each row lies within one piece.
    var haveWholeRows: Bool { pieces.haveWholeRows }

    subscript(index: Int) -> RowPiece { pieces[index] }

    /// What a thread needs to read pieces, one after the other.
    func room() -> PieceBuffer<Float> { memory ?? PieceBuffer(pieces.largest) }

    /// Passes a piece row by row.
    func forEachSegment(
        of piece: RowPiece, in room: PieceBuffer<Float>, _ body: (RowWalk.Segment) throws -> Void
    ) throws {
        let start = memory == nil ? 0 : piece.start
        try room.with(start..<start + piece.count) { floats in
            if !isRead { try walk.read(piece, with: reader, into: floats) }
            try walk.forEachSegment(of: piece, in: UnsafeBufferPointer(floats), body)
        }
    }

    /// Reads the whole array for the extents of its rows alone.
    mutating func look(_ kernels: WeightKernels) throws -> ArrayFindings {
        // That of a single row does not depend on the order of its elements.
        let array = walk.rowCount == 1 && walk.turn != nil ? ArrayPieces(walk.unturned, of: reader) : self
        var findings = ArrayFindings(rowCount: walk.rowCount)
        try PieceWork.share(array.count, buffers: array.room) { room, index in
            let piece = array[index]
            var found = ArrayFindings(from: array.walk.row(of: piece.start))
            try array.forEachSegment(of: piece, in: room) { found.add(kernels.extent($0.weights), in: $0.row) }
            return found
        } collect: {
            findings.add($0)
        }
        isRead = memory != nil
        return findings
    }
}
