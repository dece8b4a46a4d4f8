import Ledger
import Logging

/// Waits where the ledger cannot be written for now: a full disk, a file system that is read-only for a moment.
///
/// Nothing is published and nothing is given up meanwhile, because what is not remembered did not happen. It blocks: until
/// the ledger takes the next row there is nothing that the daemon could do.
struct Patience: Sendable {
    let stop: StopFlag
    let logger: Logger
    let notifier: ServiceNotifier

    /// Does something with the ledger until it works.
    ///
    /// - Throws: what `body` throws for another reason, and whatever it throws once the daemon stops.
    func callAsFunction<Value>(_ body: () throws -> Value) throws -> Value {
        var pause = Duration.seconds(1)
        var said: LedgerError?
        while true {
            do {
                let value = try body()
                if said != nil { logger.notice("the ledger can be written again", metadata: .of(.recovered)) }
                return value
            } catch let error as LedgerError where error.isBlocked {
                // Once for each reason: a disk that is full for days fills no log.
                if error != said {
                    logger.warning("blocked, tried again until it works: \(error)", metadata: .of(.blocked))
                }
                said = error
                notifier.status("blocked: \(error)")
                if rest(pause) { throw error }
                pause = min(pause * 2, .seconds(60))
            }
        }
    }

    /// Waits; the daemon is alive meanwhile, although it does nothing.
    ///
    /// - Returns: Whether it stops.
    private func rest(_ pause: Duration) -> Bool {
        var left = pause
        while left > .zero {
            notifier.alive()
            let piece = min(left, notifier.watchdog.map { $0 / 2 } ?? left)
            if stop.wait(for: piece) { return true }
            left -= piece
        }
        return false
    }
}
