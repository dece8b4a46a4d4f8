import Synchronization
import Testing

@testable import Quantizing

@Suite struct PieceWorkTests {
    struct Mishap: Error, Equatable {
        let piece: Int
    }

    @Test("each piece is taken once, by however many threads", arguments: [0, 1, 2, 7, 100], [1, 2, 3, 8])
    func onceEach(count: Int, threads: Int) throws {
        let taken = Mutex<[Int]>([])
        try PieceWork.share(count, threads: threads) { pieces in
            for piece in pieces { taken.withLock { $0.append(piece) } }
        }
        #expect(taken.withLock { $0.sorted() } == Array(0..<count))
    }

    @Test("of several errors the first piece's is thrown", arguments: [1, 2, 8])
    func firstError(threads: Int) {
        let error = #expect(throws: Mishap.self) {
            try PieceWork.share(100, threads: threads) { pieces in
                for piece in pieces where piece >= 40 { throw Mishap(piece: piece) }
            }
        }
        #expect(error == Mishap(piece: 40))
    }

    @Test("after an error no more pieces are taken")
    func endsEarly() {
        let taken = Mutex(0)
        #expect(throws: Mishap.self) {
            try PieceWork.share(1_000_000, threads: 2) { pieces in
                for piece in pieces {
                    taken.withLock { $0 += 1 }
                    throw Mishap(piece: piece)
                }
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
