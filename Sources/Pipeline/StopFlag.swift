import Dispatch
import Synchronization

/// Tells work on other threads that the daemon stops.
final class StopFlag: Sendable {
    private struct State {
        var isSet = false
        var listeners: [@Sendable () -> Void] = []
    }

    private let state = Mutex(State())
    private let group = DispatchGroup()

    init() { group.enter() }

    deinit {
        // A group must not vanish while someone is in it.
        set()
    }

    /// Says that it stops. There is no way back.
    func set() {
        let listeners = state.withLock { state -> [@Sendable () -> Void] in
            if state.isSet { return [] }
            state.isSet = true
            group.leave()
            defer { state.listeners = [] }
            return state.listeners
        }
        for tell in listeners { tell() }
    }

    /// Has this called once when the daemon stops, by whoever says so; at once where it does already.
    func whenSet(_ body: @escaping @Sendable () -> Void) {
        let isSet = state.withLock { state in
            if !state.isSet { state.listeners.append(body) }
            return state.isSet
        }
        if isSet { body() }
    }

    /// Waits, on this thread, for as long as the daemon goes on but no longer than this.
    ///
    /// - Returns: Whether the daemon stops.
    func wait(for time: Duration) -> Bool {
        let nanoseconds = time / .nanoseconds(1)
        return group.wait(timeout: .now() + .nanoseconds(Int(min(nanoseconds, 1e15)))) == .success
    }
}
