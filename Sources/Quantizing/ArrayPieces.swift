import ModelFormat
import Numerics

/// An array that several threads read, piece by piece and perhaps twice.
struct ArrayPieces<Bytes: ByteSource> {
    let walk: RowWalk
    private let pieces: RowPieces
    private let reader: WeightReader<Bytes>
    /// Holds the whole array where it was kept; it is not read again then.
    private var kept: PieceBuffer<Float>?

    init(_ walk: RowWalk, of reader: WeightReader<Bytes>) {
        self.walk = walk
        self.reader = reader
        pieces = RowPieces(walk, of: reader)
    }

    var count: Int { pieces.count }

    /// Elements of the largest piece.
    var largest: Int { pieces.largest }

    /// Whether each row lies within one piece.
    var haveWholeRows: Bool { pieces.haveWholeRows }

    subscript(index: Int) -> RowPiece { pieces[index] }

    /// Passes a piece row by row.
    ///
    /// - Parameter room: a thread's own, for the largest piece.
    func forEachSegment(
        of piece: RowPiece, in room: PieceBuffer<Float>, _ body: (RowWalk.Segment) throws -> Void
    ) throws {
        guard let kept else { return try read(piece, into: room, at: 0, body) }
        try kept.with(piece.start..<piece.start + piece.count) {
            try walk.forEachSegment(of: piece, in: UnsafeBufferPointer($0), body)
        }
    }

    /// Reads the whole array for the extents of its rows.
    ///
    /// - Parameter memory: where it is kept, if there is room for it and it is not turned.
    mutating func look(_ kernels: WeightKernels, keepingIn memory: PieceBuffer<Float>? = nil) throws -> ArrayFindings {
        // The extent of a single row does not depend on the order of its elements.
        let array = walk.rowCount == 1 && walk.turn != nil ? ArrayPieces(walk.unturned, of: reader) : self
        let memory = walk.turn == nil ? memory.flatMap { $0.capacity < walk.weight.count ? nil : $0 } : nil
        var findings = ArrayFindings(rowCount: walk.rowCount)
        try PieceWork.share(array.count, buffers: { memory ?? PieceBuffer(array.largest) }) { buffer, index in
            let piece = array[index]
            var found = ArrayFindings(from: array.walk.row(of: piece.start))
            try array.read(piece, into: buffer, at: memory == nil ? 0 : piece.start) {
                found.add(kernels.extent($0.weights), in: $0.row)
            }
            return found
        } collect: {
            findings.add($0)
        }
        kept = memory
        return findings
    }

    private func read(
        _ piece: RowPiece, into buffer: PieceBuffer<Float>, at place: Int, _ body: (RowWalk.Segment) throws -> Void
    ) throws {
        try buffer.with(place..<place + piece.count) { floats in
            try walk.read(piece, with: reader, into: floats)
            try walk.forEachSegment(of: piece, in: UnsafeBufferPointer(floats), body)
        }
    }
}
