import Dispatch
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// Threads that share the pieces of one array.
enum PieceWork {
    /// As many as there are cores; more than eight only wait for the memory.
    static let size = max(1, min(8, sysconf(Int32(_SC_NPROCESSORS_ONLN))))

    /// Calls `body` for each piece with its number and its elements, on several threads; a single piece is done where it is
    /// asked for.
    ///
    /// - Parameter buffers: makes what a thread needs for its pieces, once for each thread.
    /// - Returns: what `body` returned, in the order of the pieces, so that it does not depend on which thread was the faster.
    /// - Throws: what `body` throws, of several errors that of the first piece.
    @discardableResult
    static func share<Buffers, Result: Sendable>(
        _ cut: Cut, threads: Int = size, buffers: () -> Buffers,
        _ body: (Buffers, Int, Range<Int>) throws -> Result
    ) throws -> [Result] {
        let work = Work<Result>(cut.pieceCount)
        func takePieces() {
            let buffers = buffers()
            work.takePieces { try body(buffers, $0, cut[$0]) }
        }
        if min(cut.pieceCount, threads) > 1 {
            withoutActuallyEscaping(takePieces) { takePieces in
                // The compiler cannot see that pieces do not share memory.
                nonisolated(unsafe) let takePieces = takePieces
                DispatchQueue.concurrentPerform(iterations: min(cut.pieceCount, threads)) { _ in takePieces() }
            }
        } else {
            takePieces()
        }
        return try work.end()
    }

    /// What is still to be done, what came of it, and what went wrong.
    private final class Work<Result: Sendable>: Sendable {
        private let count: Int
        private let taken = Atomic(0)
        private let results: Mutex<[Result?]>
        private let failure = Mutex<(index: Int, error: any Error)?>(nil)

        init(_ count: Int) {
            self.count = count
            results = Mutex(Array(repeating: nil, count: count))
        }

        /// Takes one piece after the other, until none is left or one has failed.
        func takePieces(_ body: (Int) throws -> Result) {
            while let index = next() {
                do {
                    let result = try body(index)
                    results.withLock { $0[index] = result }
                } catch {
                    fail(error, at: index)
                }
            }
        }

        func end() throws -> [Result] {
            if let error = failure.withLock({ $0?.error }) { throw error }
            return results.withLock { $0.compactMap(\.self) }
        }

        private func next() -> Int? {
            let index = taken.wrappingAdd(1, ordering: .relaxed).oldValue
            return index < count ? index : nil
        }

        /// Pieces are taken in their order, so that all before this one have begun: the first error is the same each time.
        private func fail(_ error: any Error, at index: Int) {
            failure.withLock { if $0.map({ index < $0.index }) ?? true { $0 = (index, error) } }
            taken.store(count, ordering: .relaxed)
        }
    }
}
