import Synchronization

/// A thread's part of a loop's indexes, of which others take what it has not come to.
final class LoopSlice: Sendable {
    private let next = Atomic<Int>(0)
    /// Written before threads take from it, while none does.
    private nonisolated(unsafe) var end = 0
    private nonisolated(unsafe) var portion = 1

    func fill(_ range: Range<Int>) {
        end = range.upperBound
        // Small enough that those who are done first find something left, and not so small that taking them costs more.
        portion = max(1, range.count / 8)
        next.store(range.lowerBound, ordering: .relaxed)
    }

    /// Calls `body` for indexes until none are left.
    func drain(_ body: (Int) -> Void) {
        while true {
            let start = next.add(portion, ordering: .relaxed).oldValue
            guard start < end else { return }
            for index in start..<min(start + portion, end) { body(index) }
        }
    }
}
