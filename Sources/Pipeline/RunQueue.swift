import DequeModule
import Ledger

/// The runs that are to be made: first attempts in the order in which they came, and further ones when their time has come.
struct RunQueue {
    private var fresh: Deque<QueuedRun> = []
    /// The runs that could not go on.
    private(set) var blocked: [BlockedRun] = []

    /// How many runs may be blocked before the others wait with them: one model's trouble is not everyone's, that of many is.
    static let mostBlocked = 8

    var count: Int { fresh.count + blocked.count }
    /// Whether there is a first attempt to be made.
    var hasFresh: Bool { !fresh.isEmpty }

    /// Puts a run behind the others.
    mutating func append(_ run: QueuedRun) {
        fresh.append(run)
    }

    /// Has another attempt made later.
    mutating func putBack(_ run: BlockedRun, at now: Duration) {
        blocked.append(run.again(at: now))
    }

    /// Takes the attempt that is to be made now.
    mutating func next(at now: Duration) -> BlockedRun? {
        if let index = blocked.firstIndex(where: { $0.due <= now }) { return blocked.remove(at: index) }
        guard blocked.count < Self.mostBlocked else { return nil }
        return fresh.popFirst().map { BlockedRun(run: $0) }
    }

    /// When an attempt is due next, if only the clock has to be waited for; that may have been a moment ago.
    var nextDue: Duration? {
        blocked.map(\.due).min()
    }
}
