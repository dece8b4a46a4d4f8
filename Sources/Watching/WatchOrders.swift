import Scheduling
import Synchronization
import SystemPackage

/// What other threads want of the watching thread.
final class WatchOrders: Sendable {
    struct State {
        var isStopped = false
        var isRescanWanted = false
        /// Paths to be looked at.
        var looks: [FilePath] = []
        /// For tests: while it is set the thread reads no event.
        var isPaused = false
        /// For tests: events to take as if the kernel had sent them.
        var events: [InotifyEvent] = []
    }

    let pipe: WakePipe
    private let state = Mutex(State())

    init(_ pipe: WakePipe) {
        self.pipe = pipe
    }

    func change(_ change: (inout State) -> Void) {
        state.withLock { change(&$0) }
        pipe.wake()
    }

    /// The orders as they stand; those that are carried out once are taken out.
    func take() -> State {
        state.withLock { state in
            let orders = state
            state.isRescanWanted = false
            state.looks = []
            state.events = []
            return orders
        }
    }
}
