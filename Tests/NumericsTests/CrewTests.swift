import Glibc
import Synchronization
import TestSupport
import Testing

@testable import Numerics

@Suite("threads that share loops")
struct CrewTests {
    /// How often each index of a loop was met.
    private static func visits(_ count: Int, _ body: @escaping @Sendable (Int) -> Void = { _ in }) -> [Int] {
        var visits = [Int](repeating: 0, count: count)
        visits.withUnsafeMutableBufferPointer { visits in
            // Each index has a place of its own.
            nonisolated(unsafe) let visits = visits
            Threads.each(count) { index in
                visits[index] += 1
                body(index)
            }
        }
        return visits
    }

    @Test("every index is met once, loop after loop, whatever the number of threads", arguments: [1, 2, 3, 8])
    func everyIndex(_ threads: Int) {
        Threads.with(threads) {
            #expect(Threads.limit == threads)
            for count in [0, 1, 2, 3, 7, 64, 1000] {
                for _ in 0..<20 { #expect(Self.visits(count) == [Int](repeating: 1, count: count)) }
            }
        }
        #expect(Threads.limit == 1)
    }

    @Test("mates that fell asleep between two loops are woken")
    func asleep() {
        Threads.with(3) {
            for _ in 0..<5 {
                let met = Atomic<Int>(0)
                // Ends only when several threads are in it.
                let visits = Self.visits(3) { _ in
                    met.add(1, ordering: .relaxed)
                    while met.load(ordering: .relaxed) < 3 { sched_yield() }
                }
                #expect(visits == [1, 1, 1])
                usleep(5000)
            }
        }
    }

    @Test("a loop within a loop is done where it stands")
    func nested() {
        Threads.with(2) {
            let inner = Atomic<Int>(0)
            let outer = Self.visits(10) { _ in
                Threads.each(10) { _ in inner.add(1, ordering: .relaxed) }
            }
            #expect(outer == [Int](repeating: 1, count: 10))
            #expect(inner.load(ordering: .relaxed) == 100)
        }
    }

    @Test("tasks that compute at the same time have threads of their own, or do without")
    func tasks() async {
        await withTaskGroup(of: Bool.self) { group in
            for threads in 1...4 {
                group.addTask {
                    Threads.with(threads) {
                        (0..<200).allSatisfy { Self.visits($0) == [Int](repeating: 1, count: $0) }
                    }
                }
            }
            for await isRight in group { #expect(isRight) }
        }
    }

    @Test("more or fewer threads within threads are those that were asked for last")
    func changed() {
        Threads.with(2) {
            Threads.with(1) { #expect(Threads.limit == 1) }
            Threads.with(3) { #expect(Threads.limit == 3) }
            Threads.with(2) { #expect(Threads.limit == 2) }
        }
    }

    @Test("a crew that was dismissed holds on to nothing, and neither does a loop that is over")
    func dismissed() {
        final class Witness: Sendable {
            let calls = Atomic<Int>(0)
        }
        weak var crew: Crew?
        weak var left: Witness?
        do {
            let (made, witness) = (Crew(size: 4), Witness())
            (crew, left) = (made, witness)
            let isShared = made.share(100) { _ in witness.calls.add(1, ordering: .relaxed) }
            made.dismiss()
            #expect(isShared)
            #expect(witness.calls.load(ordering: .relaxed) == 100)
        }
        #expect(crew == nil)
        #expect(left == nil)
    }
}
