import Synchronization

/// Indexes that threads take until none are left.
final class Loop: Sendable {
    private let next = Atomic<Int>(0)
    private let count: Int
    /// How many are taken at a time.
    private let portion: Int
    // The compiler cannot see that indexes do not share memory, and a pointer is never Sendable to it.
    private nonisolated(unsafe) let body: (Int) -> Void

    init(_ count: Int, threads: Int, _ body: @escaping (Int) -> Void) {
        self.count = count
        // Small enough that those who are done first find something left, and not so small that taking them costs more.
        portion = max(1, count / (8 * threads))
        self.body = body
    }

    /// Does what is left, together with whoever else does it.
    func run() {
        while true {
            let start = next.add(portion, ordering: .relaxed).oldValue
            guard start < count else { return }
            for index in start..<min(start + portion, count) { body(index) }
        }
    }
}
