import Numerics

#if canImport(Glibc)
    import Glibc
#endif

/// Threads that share the pieces of one array.
enum PieceWork {
    /// As many as there are cores; more than eight only wait for the memory.
    static let size = max(1, min(8, sysconf(Int32(_SC_NPROCESSORS_ONLN))))

    /// Calls `body` with the number of each piece, on the threads that there are (`Threads.with`).
    ///
    /// - Parameters:
    ///   - buffers: makes what a thread needs for its pieces, once for each thread.
    ///   - collect: called with what `body` returned, one piece at a time and in their order, so that sums do not depend on
    ///     which thread was the faster; the others may wait for it, so it is brief.
    /// - Throws: what `body` throws, of several errors that of the first piece.
    static func share<Buffers, Part: Sendable>(
        _ count: Int, buffers: () -> Buffers,
        _ body: (Buffers, Int) throws -> Part, collect: (Part) -> Void = { _ in }
    ) throws {
        let queue = PieceQueue<Part>(count)
        func takePieces() {
            let buffers = buffers()
            while let piece = queue.next() {
                do {
                    queue.finish(piece, try body(buffers, piece), collect)
                } catch {
                    queue.fail(piece, error)
                }
            }
        }
        Threads.each(min(count, Threads.limit)) { _ in takePieces() }
        try queue.end()
    }
}
