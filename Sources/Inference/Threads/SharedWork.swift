import Synchronization

/// The loop that a crew runs, as long as there is one.
final class SharedWork: Sendable {
    private let isOpen = Atomic<Bool>(false)
    /// How many mates look at the loop.
    private let visitors = Beacon()
    /// Written while it is not open and nobody looks at it.
    private nonisolated(unsafe) var loop: Loop?

    func open(_ loop: Loop) {
        self.loop = loop
        isOpen.store(true, ordering: .sequentiallyConsistent)
    }

    /// Waits until nobody looks at the loop any more. Who comes later finds none.
    func close() {
        // A visitor counts before it looks, so either it is seen here or it sees that there is nothing more.
        isOpen.store(false, ordering: .sequentiallyConsistent)
        visitors.wait { $0 == 0 }
        loop = nil
    }

    /// Helps with the loop, if there is one.
    func visit() {
        visitors.add(1)
        if isOpen.load(ordering: .sequentiallyConsistent) { loop?.run() }
        visitors.add(-1)
    }
}
