import Dispatch
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// Threads that share the pieces of one array.
enum PieceWork {
    /// As many as there are cores; more than eight only wait for the memory.
    static let size = max(1, min(8, sysconf(Int32(_SC_NPROCESSORS_ONLN))))

    /// The pieces that one thread takes, one after the other, until none is left or another thread has failed.
    final class Pieces: Sequence, IteratorProtocol {
        private let work: Work
        fileprivate private(set) var current = 0

        fileprivate init(_ work: Work) {
            self.work = work
        }

        func next() -> Int? {
            guard let index = work.next() else { return nil }
            current = index
            return index
        }
    }

    /// Calls `body` on several threads, each of which takes pieces of the work; a single piece is done where it is asked for.
    ///
    /// - Throws: what `body` throws, of several errors that of the first piece.
    static func share(_ count: Int, threads: Int = size, _ body: (Pieces) throws -> Void) throws {
        let work = Work(count)
        guard min(count, threads) > 1 else {
            try body(Pieces(work))
            return
        }
        withoutActuallyEscaping(body) { body in
            // The compiler cannot see that pieces do not share memory.
            nonisolated(unsafe) let body = body
            DispatchQueue.concurrentPerform(iterations: min(count, threads)) { _ in
                let pieces = Pieces(work)
                do {
                    try body(pieces)
                } catch {
                    work.fail(error, at: pieces.current)
                }
            }
        }
        try work.end()
    }

    /// What is still to be done, and what went wrong.
    fileprivate final class Work: Sendable {
        private let count: Int
        private let taken = Atomic(0)
        private let failure = Mutex<(index: Int, error: any Error)?>(nil)

        init(_ count: Int) {
            self.count = count
        }

        func next() -> Int? {
            let index = taken.wrappingAdd(1, ordering: .relaxed).oldValue
            return index < count ? index : nil
        }

        /// Pieces are taken in their order, so that all before this one have begun: the first error is the same each time.
        func fail(_ error: any Error, at index: Int) {
            failure.withLock { if $0.map({ index < $0.index }) ?? true { $0 = (index, error) } }
            taken.store(count, ordering: .relaxed)
        }

        func end() throws {
            if let error = failure.withLock({ $0?.error }) { throw error }
        }
    }
}
