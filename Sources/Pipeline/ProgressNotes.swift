import Ledger
import Synchronization
import Working

/// Lets `quantctl status` know how far a run is, at most once a second: a worker says more than the ledger should write.
///
/// A run that ends within a second writes nothing.
final class ProgressNotes: Sendable {
    private let run: Int
    private let ledger: LedgerWriter
    private let last: Mutex<ContinuousClock.Instant>

    private static let pause = Duration.seconds(1)

    /// - Parameter start: when the run began to be worked on.
    init(_ run: Int, in ledger: LedgerWriter, from start: ContinuousClock.Instant = .now) {
        self.run = run
        self.ledger = ledger
        last = Mutex(start)
    }

    /// Writes it down where it is time.
    ///
    /// A ledger that cannot be written is not told of here: the run's own verbs will meet that, and wait.
    func note(_ progress: WorkProgress, at now: ContinuousClock.Instant = .now) {
        let isDue = last.withLock { last in
            guard now >= last + Self.pause else { return false }
            last = now
            return true
        }
        guard isDue else { return }
        try? ledger.note(
            RunProgress(step: progress.step.rawValue, done: progress.done, total: progress.total, at: .now), of: run)
    }
}
