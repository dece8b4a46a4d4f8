import Ledger

/// A run that waits for its next attempt, or its first.
struct BlockedRun {
    let run: QueuedRun
    /// When it is to be tried.
    var due = Duration.zero
    /// How long after the next attempt the one after it is made.
    var pause = Duration.seconds(1)

    func again(at now: Duration) -> BlockedRun {
        BlockedRun(run: run, due: now + pause, pause: min(pause * 2, .seconds(60)))
    }
}
