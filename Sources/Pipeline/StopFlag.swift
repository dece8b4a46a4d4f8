import Dispatch
import Synchronization

/// Tells work on other threads that the daemon stops.
final class StopFlag: Sendable {
    private let flag = Atomic(false)
    private let group = DispatchGroup()

    init() { group.enter() }

    deinit {
        // A group must not vanish while someone is in it.
        set()
    }

    /// Whether the daemon stops.
    var isSet: Bool { flag.load(ordering: .acquiring) }

    /// Says that it does. There is no way back.
    func set() {
        if !flag.exchange(true, ordering: .acquiringAndReleasing) { group.leave() }
    }

    /// Has this called once when the daemon stops, at once where it does already.
    func whenSet(_ body: @escaping @Sendable () -> Void) {
        group.notify(queue: .global(), execute: body)
    }

    /// Waits, on this thread, for as long as the daemon goes on but no longer than this.
    ///
    /// - Returns: Whether the daemon stops.
    func wait(for time: Duration) -> Bool {
        let nanoseconds = time / .nanoseconds(1)
        return group.wait(timeout: .now() + .nanoseconds(Int(min(nanoseconds, 1e15)))) == .success
    }
}
