import Synchronization

/// The loop that a crew runs, as long as there is one.
///
/// Each thread begins with a slice of its own, the same in each loop of as many indexes, so that it finds in its cache what it had
/// there; then it helps the others.
final class SharedWork: Sendable {
    private let slices: [LoopSlice]
    private let isOpen = Atomic<Bool>(false)
    /// How many mates look at the loop.
    private let visitors = Beacon()
    /// Written while it is not open and nobody looks at it.
    // The compiler cannot see that indexes do not share memory, and a pointer is never Sendable to it.
    private nonisolated(unsafe) var body: ((Int) -> Void)?

    init(threads: Int) {
        slices = (0..<threads).map { _ in LoopSlice() }
    }

    func open(_ count: Int, _ body: @escaping (Int) -> Void) {
        for (index, slice) in slices.enumerated() {
            slice.fill(index * count / slices.count..<(index + 1) * count / slices.count)
        }
        self.body = body
        isOpen.store(true, ordering: .sequentiallyConsistent)
    }

    /// Does what is left, together with whoever else does it.
    func run(as thread: Int) {
        guard let body else { return }
        for offset in slices.indices { slices[(thread + offset) % slices.count].drain(body) }
    }

    /// Waits until nobody looks at the loop any more. Who comes later finds none.
    func close() {
        // A visitor counts before it looks, so either it is seen here or it sees that there is nothing more.
        isOpen.store(false, ordering: .sequentiallyConsistent)
        visitors.wait { $0 == 0 }
        body = nil
    }

    /// Helps with the loop, if there is one.
    func visit(as thread: Int) {
        visitors.add(1)
        help(as: thread)
        visitors.add(-1)
    }

    /// A function of its own, so that nothing holds on to the loop behind it: its body must not outlive it.
    @inline(never)
    private func help(as thread: Int) {
        if isOpen.load(ordering: .sequentiallyConsistent) { run(as: thread) }
    }
}
