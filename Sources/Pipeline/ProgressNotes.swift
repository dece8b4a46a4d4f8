import Ledger
import Synchronization
import Working

/// Lets `quantctl status` know how far a run is: each step once it begins, and then once a second at most, because a worker
/// says more than the ledger should write.
final class ProgressNotes: Sendable {
    private let run: Int
    private let ledger: LedgerWriter
    private let last = Mutex<(step: WorkProgress.Step, at: ContinuousClock.Instant)?>(nil)

    private static let pause = Duration.seconds(1)

    init(_ run: Int, in ledger: LedgerWriter) {
        self.run = run
        self.ledger = ledger
    }

    /// Writes it down where it is time.
    ///
    /// A ledger that cannot be written is not told of here: the run's own verbs will meet that, and wait.
    func note(_ progress: WorkProgress, at now: ContinuousClock.Instant = .now) {
        let isDue = last.withLock { last in
            if let last, last.step == progress.step, now < last.at + Self.pause { return false }
            last = (progress.step, now)
            return true
        }
        guard isDue else { return }
        try? ledger.note(
            RunProgress(step: progress.step.rawValue, done: progress.done, total: progress.total, at: .now), of: run)
    }
}
