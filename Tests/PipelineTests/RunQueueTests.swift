import Ledger
import Testing

@testable import Pipeline

@Suite struct RunQueueTests {
    /// Has the next attempt made, which cannot go on.
    private func block(_ queue: inout RunQueue, at now: Duration) throws {
        let run = queue.next(at: now)
        queue.putBack(try #require(run), at: now)
    }

    private func run(_ number: Int) -> QueuedRun {
        QueuedRun(run: number, triple: WorkerProcessTests.triple, trigger: .watch)
    }

    @Test("runs are made in the order in which they came, and one that could not go on when its time has come")
    func order() throws {
        var queue = RunQueue()
        for number in 1...3 { queue.append(run(number)) }
        try block(&queue, at: .seconds(1))
        #expect(queue.count == 3)
        #expect(queue.next(at: .seconds(1.5))?.run.run == 2)
        #expect(queue.next(at: .seconds(2))?.run.run == 1)
        #expect(queue.next(at: .seconds(2))?.run.run == 3)
        #expect(queue.next(at: .seconds(99)) == nil)
        #expect(queue.count == 0)
    }

    @Test("an attempt that fell due while nobody looked is still what is waited for")
    func overdue() throws {
        var queue = RunQueue()
        queue.append(run(1))
        try block(&queue, at: .zero)
        // A ledger that cannot be written holds the daemon up for longer than the pause.
        #expect(queue.nextDue == .seconds(1))
        #expect(!queue.hasFresh)
        #expect(queue.next(at: .seconds(4))?.run.run == 1)
        #expect(queue.nextDue == nil)
    }

    @Test("each further pause is twice as long, up to a minute")
    func pauses() throws {
        var queue = RunQueue()
        queue.append(run(1))
        var now = Duration.zero
        var pauses: [Duration] = []
        for _ in 0..<8 {
            try block(&queue, at: now)
            let due = try #require(queue.nextDue)
            pauses.append(due - now)
            now = due
        }
        #expect(pauses == [1, 2, 4, 8, 16, 32, 60, 60].map { .seconds($0) })
    }

    @Test("where many runs are blocked, the others wait with them")
    func many() throws {
        var queue = RunQueue()
        for number in 1...20 { queue.append(run(number)) }
        for _ in 0..<RunQueue.mostBlocked { try block(&queue, at: .zero) }
        #expect(queue.next(at: .zero) == nil)
        #expect(queue.next(at: .seconds(1))?.run.run == 1)
        #expect(queue.next(at: .zero)?.run.run == 9)
    }
}
