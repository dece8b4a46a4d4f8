import Synchronization

/// Tells work on other threads that the daemon stops.
final class StopFlag: Sendable {
    private let flag = Atomic(false)

    /// Whether the daemon stops.
    var isSet: Bool { flag.load(ordering: .relaxed) }

    /// Says that it does. There is no way back.
    func set() { flag.store(true, ordering: .relaxed) }
}
