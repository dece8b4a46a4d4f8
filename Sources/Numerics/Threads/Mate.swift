import Glibc
import Synchronization

/// A thread that helps with each loop that it is called to, until it is dismissed.
final class Mate: Sendable {
    private let work: SharedWork
    /// Which of the crew's threads it is; the first is whoever made the crew.
    private let thread: Int
    /// How often it was called.
    private let calls = Beacon()
    private let isDismissed = Atomic<Bool>(false)

    init(_ work: SharedWork, thread: Int) {
        self.work = work
        self.thread = thread
    }

    func call() { calls.add(1) }

    func dismiss() {
        isDismissed.store(true, ordering: .releasing)
        calls.add(1)
    }

    /// Starts the thread, which holds on to what it needs; false where the system grants none.
    func start() -> Bool {
        let held = Unmanaged.passRetained(self)
        var thread = pthread_t()
        let status = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<Mate>.fromOpaque(argument).takeRetainedValue().help()
                return nil
            }, held.toOpaque())
        guard status == 0 else {
            held.release()
            return false
        }
        pthread_detach(thread)
        return true
    }

    private func help() {
        var seen = 0
        while true {
            seen = calls.wait { $0 != seen }
            if isDismissed.load(ordering: .acquiring) { return }
            work.visit(as: thread)
        }
    }
}
