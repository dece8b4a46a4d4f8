import Numerics
import Synchronization
import Testing

@testable import Quantizing

@Suite struct PieceWorkTests {
    struct Mishap: Error, Equatable {
        let piece: Int
    }

    static func share<Result: Sendable>(
        _ count: Int, threads: Int, _ body: (Int) throws -> Result
    ) throws -> [Result] {
        var results: [Result] = []
        try Threads.with(threads) {
            try PieceWork.share(count, buffers: {}) { _, piece in
                try body(piece)
            } collect: {
                results.append($0)
            }
        }
        return results
    }

    @Test("each piece is taken once, by however many threads", arguments: [0, 1, 2, 7, 100], [1, 2, 3, 8])
    func onceEach(count: Int, threads: Int) throws {
        let taken = Mutex<[Int]>([])
        _ = try Self.share(count, threads: threads) { piece in taken.withLock { $0.append(piece) } }
        #expect(taken.withLock { $0.sorted() } == Array(0..<count))
    }

    @Test("results are collected in the order of the pieces, however many threads there are", arguments: [1, 2, 8])
    func order(threads: Int) throws {
        #expect(try Self.share(100, threads: threads) { $0 } == Array(0..<100))
    }

    @Test("a result that comes early waits for those before it")
    func early() {
        let queue = PieceQueue<String>(3)
        var collected: [String] = []
        queue.finish(1, "b") { collected.append($0) }
        #expect(collected == [])
        queue.finish(0, "a") { collected.append($0) }
        #expect(collected == ["a", "b"])
        queue.finish(2, "c") { collected.append($0) }
        #expect(collected == ["a", "b", "c"])
    }

    @Test("no more threads make buffers than take pieces", arguments: [0, 1, 2, 100], [1, 2, 8])
    func buffers(count: Int, threads: Int) throws {
        let made = Mutex(0)
        try Threads.with(threads) {
            try PieceWork.share(count, buffers: { made.withLock { $0 += 1 } }, { _, _ in })
        }
        #expect(made.withLock { $0 } <= max(1, min(count, threads)))
    }

    @Test("of several errors the first piece's is thrown", arguments: [1, 2, 8])
    func firstError(threads: Int) {
        let error = #expect(throws: Mishap.self) {
            try Self.share(100, threads: threads) { piece in
                if piece >= 40 { throw Mishap(piece: piece) }
            }
        }
        #expect(error == Mishap(piece: 40))
    }

    @Test("after an error no more pieces are taken")
    func endsEarly() {
        let taken = Mutex(0)
        #expect(throws: Mishap.self) {
            try Self.share(1_000_000, threads: 2) { piece in
                taken.withLock { $0 += 1 }
                throw Mishap(piece: piece)
            }
        }
        #expect(taken.withLock { $0 } <= 2)
    }

    @Test("a cut covers all elements once", arguments: [0, 1, 5, 6, 7], [1, 3, 6, 100])
    func cut(count: Int, size: Int) {
        let cut = Cut(count: count, size: size)
        #expect((0..<cut.pieceCount).flatMap { Array(cut[$0]) } == Array(0..<count))
        #expect((0..<cut.pieceCount).allSatisfy { !cut[$0].isEmpty && cut[$0].count <= cut.largest })
    }
}
