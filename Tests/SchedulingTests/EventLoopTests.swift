import Glibc
import Synchronization
import Testing

@testable import Scheduling

/// The loop does what Swift's own pool would, on the thread that runs it.
@Suite struct EventLoopTests {
    /// Runs work on a loop of its own, on a thread of its own: a test must not hold one of Swift's pool.
    static func run(_ work: @escaping @Sendable (EventLoop) async throws -> Void) async throws {
        try await withCheckedThrowingContinuation { continuation in
            do {
                try OwnThread.start("loop") {
                    continuation.resume(
                        with: Result {
                            let loop = try EventLoop()
                            try loop.run { try await work(loop) }
                        })
                }
            } catch {
                continuation.resume(throwing: error)
            }
        }
    }

    /// Something that lives on a loop.
    actor Resident {
        let loop: EventLoop
        var log: [Int] = []
        nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

        init(_ loop: EventLoop) { self.loop = loop }

        func thread() -> pthread_t { pthread_self() }
        func add(_ number: Int) { log.append(number) }
    }

    struct Refusal: Error {}

    @Test("work, its children and an actor run on the thread that runs the loop")
    func oneThread() async throws {
        try await Self.run { loop in
            let own = pthread_self()
            #expect(await Resident(loop).thread() == own)
            await withTaskGroup(of: pthread_t.self) { group in
                for _ in 0..<10 { group.addTask { pthread_self() } }
                for await thread in group { #expect(thread == own) }
            }
            #expect(pthread_self() == own)
        }
    }

    @Test("what the work throws is what the loop throws")
    func failure() async throws {
        await #expect(throws: Refusal.self) { try await Self.run { _ in throw Refusal() } }
    }

    @Test("a sleeper wakes no sooner than it wanted")
    func noSooner() async throws {
        try await Self.run { loop in
            for milliseconds in -5...20 {
                let time = ContinuousClock.now + .milliseconds(milliseconds)
                try await loop.sleep(until: time)
                #expect(ContinuousClock.now >= time)
            }
        }
    }

    @Test("a sleeper that is cancelled wakes at once, be it before or after it began to sleep")
    func cancellation() async throws {
        try await Self.run { loop in
            for isEarly in [true, false] {
                let began = Atomic(false)
                let task = Task(executorPreference: loop) {
                    began.store(true, ordering: .relaxed)
                    try await loop.sleep(until: .now + .seconds(1_000_000))
                }
                while !isEarly, !began.load(ordering: .relaxed) { await Task.yield() }
                task.cancel()
                await #expect(throws: CancellationError.self) { try await task.value }
            }
        }
    }

    @Test("news from other threads wakes the loop, from many at once too")
    func otherThreads() async throws {
        try await Self.run { loop in
            let resident = Resident(loop)
            await withTaskGroup { group in
                for number in 0..<100 {
                    group.addTask {
                        await withCheckedContinuation { continuation in
                            do { try OwnThread.start("other") { continuation.resume() } } catch {
                                continuation.resume()
                            }
                        }
                        await resident.add(number)
                    }
                }
            }
            #expect(await resident.log.sorted() == Array(0..<100))
        }
    }

    @Test("a loop with nothing to do does not wake")
    func stillness() async throws {
        try await Self.run { loop in
            /// How often this thread has waited for something.
            func waits() -> Int {
                var usage = rusage()
                getrusage(1, &usage)  // RUSAGE_THREAD, which Swift does not see
                return usage.ru_nvcsw
            }
            let before = waits()
            try await loop.sleep(until: .now + .seconds(2))
            #expect(waits() - before < 4)
        }
    }
}
