import Synchronization

/// Threads that share loops, one after the other.
///
/// Whoever makes the crew is its first thread; the others, its mates, are started for the first loop. A mate that comes late, or
/// not at all because the machine is busy, is not waited for: the first thread goes on as soon as nobody works any more.
final class Crew: Sendable {
    /// Threads in all.
    let size: Int
    /// Whether a loop is shared out; one within it, or one of another task, is not.
    private let isBusy = Atomic<Bool>(false)
    private let mates = Mutex<[Mate]?>(nil)
    private let work: SharedWork

    init(size: Int) {
        self.size = size
        work = SharedWork(threads: size)
    }

    /// Calls `body` for each index on all threads, and returns when all calls have; false where the crew is busy already.
    func share(_ count: Int, _ body: (Int) -> Void) -> Bool {
        guard !isBusy.exchange(true, ordering: .acquiring) else { return false }
        defer { isBusy.store(false, ordering: .releasing) }
        withoutActuallyEscaping(body) { body in
            work.open(count, body)
            for mate in started() { mate.call() }
            work.run(as: 0)
            work.close()
        }
        return true
    }

    /// Lets the mates go; the crew is not used any more.
    func dismiss() {
        for mate in mates.withLock({ $0 }) ?? [] { mate.dismiss() }
    }

    private func started() -> [Mate] {
        mates.withLock { mates in
            if let mates { return mates }
            // Where the system grants no more threads, fewer have to do.
            let started = (1..<size).map { Mate(work, thread: $0) }.filter { $0.start() }
            mates = started
            return started
        }
    }
}
