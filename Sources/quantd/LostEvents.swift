import Synchronization

/// Counts the events that could not be told, so that the next one that can be says so.
final class LostEvents: Sendable {
    private let count = Atomic(0)

    func add(_ number: Int) { count.wrappingAdd(number, ordering: .relaxed) }

    /// How many were lost since this was last asked.
    func take() -> Int { count.exchange(0, ordering: .relaxed) }

    static func clause(_ count: Int) -> String {
        "\(count) \(count == 1 ? "message" : "messages") before this one could not be written"
    }
}
