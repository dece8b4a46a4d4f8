import Synchronization

/// The pieces that are still to be done, what came of those whose turn has not come yet, and what went wrong.
final class PieceQueue<Part: Sendable>: Sendable {
    private struct Finished {
        /// The piece whose part is collected next.
        var next = 0
        /// Parts of later pieces. Where a piece takes very long that may be all of them, which together are no larger than
        /// what is collected.
        var waiting: [Int: Part] = [:]
        var failure: (piece: Int, error: any Error)?
    }

    private let count: Int
    private let taken = Atomic(0)
    private let finished = Mutex(Finished())

    init(_ count: Int) {
        self.count = count
    }

    /// The next piece to do; nil where none is left or one has failed.
    func next() -> Int? {
        let piece = taken.wrappingAdd(1, ordering: .relaxed).oldValue
        return piece < count ? piece : nil
    }

    /// Takes what came of a piece, and passes on what is complete up to here; no two threads do so at a time.
    func finish(_ piece: Int, _ part: Part, _ collect: (Part) -> Void) {
        finished.withLock { finished in
            finished.waiting[piece] = part
            while let part = finished.waiting.removeValue(forKey: finished.next) {
                collect(part)
                finished.next += 1
            }
        }
    }

    /// Pieces are taken in their order, so that all before this one have begun: the first error is the same each time.
    func fail(_ piece: Int, _ error: any Error) {
        finished.withLock { finished in
            if finished.failure.map({ piece < $0.piece }) ?? true { finished.failure = (piece, error) }
        }
        taken.store(count, ordering: .relaxed)
    }

    /// - Throws: the error of the first piece that failed.
    func end() throws {
        if let error = finished.withLock({ $0.failure?.error }) { throw error }
    }
}
