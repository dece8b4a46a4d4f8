import Logging
import Vocabulary

/// What kind of thing a line of the log is about. The raw value is public: it is the journal's `QUANTD_EVENT`, and each kind has a
/// `MESSAGE_ID` of its own there.
public enum EventKind: String, CaseIterable, Sendable {
    case started, stopped
    case published, cached, rejected, failed
    /// A run, a look, a pruning or the ledger cannot go on for now.
    case blocked
    /// A run goes back into the queue, since the daemon stops.
    case putBack = "put back"
    /// A file changed while it was read, its model is assembled again.
    case changed
    case workerDied = "worker died"
    case reloaded
    /// A configuration that is not taken up.
    case refused
    /// The folder is not watched as it should be.
    case degraded
    /// It is again, or the ledger can be written again.
    case recovered
    case missedEvents = "missed events"
    /// A file or folder that cannot be read.
    case unreadable
    /// What a crash left was removed, or could not be.
    case leftovers
    /// What someone asked for is not done.
    case requestRefused = "request refused"
    case pruned
    /// The file for Prometheus cannot be written.
    case metrics
    /// Lines before this one could not be written.
    case lost
}

extension Logger.Metadata {
    /// The facts of an event: its kind, and the model and run that it is about.
    static func of(_ kind: EventKind, _ model: ModelName? = nil, run: Int? = nil) -> Self {
        var facts: Self = ["event": "\(kind.rawValue)"]
        facts["model"] = model.map { "\($0)" }
        facts["run"] = run.map { "\($0)" }
        return facts
    }
}
