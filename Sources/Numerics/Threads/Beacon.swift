import Dispatch
import Synchronization

/// A number that anyone may change, and that one thread at a time waits for.
///
/// Who waits looks at it for some tens of microseconds, in which a next loop mostly begins, and then sleeps until it changes.
final class Beacon: Sendable {
    private let value = Atomic<Int>(0)
    /// Whether a thread sleeps that must be woken; whoever takes this back has to ring, or need not sleep.
    private let isAsleep = Atomic<Bool>(false)
    private let bell = DispatchSemaphore(value: 0)

    private static let looks = 2000

    /// Changes the number, for all threads in one order.
    func add(_ change: Int) {
        value.add(change, ordering: .sequentiallyConsistent)
        if isAsleep.load(ordering: .sequentiallyConsistent), wake() { bell.signal() }
    }

    /// Waits until the number is such a one, and returns it.
    @discardableResult
    func wait(until isReached: (Int) -> Bool) -> Int {
        for _ in 0..<Self.looks {
            let found = value.load(ordering: .acquiring)
            if isReached(found) { return found }
            Processor.relax()
        }
        while true {
            isAsleep.store(true, ordering: .sequentiallyConsistent)
            let found = value.load(ordering: .sequentiallyConsistent)
            guard isReached(found) else {
                bell.wait()
                continue
            }
            // Someone may have seen the sleeper already and ring for it.
            if !wake() { bell.wait() }
            return found
        }
    }

    /// Whether this is what ends the sleep.
    private func wake() -> Bool { isAsleep.exchange(false, ordering: .sequentiallyConsistent) }
}
