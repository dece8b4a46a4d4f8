import Assembling
import Glibc
import Ledger
import Settings
import Vocabulary

/// What `quantctl status` will read: how the daemon is, and what waits for what.
///
/// A thousand files in a second change it a thousand times; it is written once.
struct StatusBoard {
    /// How the daemon is.
    var state: DaemonState
    /// When the waiting models are to be written next; nil while nothing has changed.
    private(set) var nextWrite: Duration?

    private var since: [ModelName: (code: String, at: Timestamp)] = [:]
    private var blocked: [ModelName: String] = [:]
    /// What was written last; nil at first, when the ledger still says what an earlier daemon wrote.
    private var written: [WaitingRow]?
    private var lastWrite: Duration?

    /// At most so often are the waiting models written, and never for more than a tenth of the time: with a hundred
    /// thousand of them, that takes a while.
    private var pause = shortestPause
    private static let shortestPause = Duration.milliseconds(200)

    init(_ configuration: Configuration) {
        state = DaemonState(
            pid: Int(getpid()), version: Version.text, started: .now, heartbeat: .now, watchMode: .inotify,
            modelsFolder: configuration.models, outputFolder: configuration.output)
    }

    /// How many models wait, as it was last looked at.
    private(set) var waitingCount = 0

    /// How many models' runs cannot go on for now.
    var blockedCount: Int { blocked.count }

    /// Notes that a model's run is queued, with which the ledger ends its waiting. Should it wait again, its row has another
    /// time, and so is written.
    mutating func queued(_ model: ModelName) {
        since[model] = nil
    }

    /// Notes that a model's run cannot go on for now.
    ///
    /// - Returns: Whether that is news; what is tried again and again for the same reason is none.
    mutating func block(_ model: ModelName, _ message: String) -> Bool {
        blocked.updateValue(message, forKey: model) != message
    }

    /// Notes that it can.
    mutating func unblock(_ model: ModelName) {
        blocked[model] = nil
    }

    /// Writes what has changed, unless it was written a moment ago.
    ///
    /// - Returns: Whether it was time to.
    mutating func writeIfDue(
        _ waiting: @autoclosure () -> [WaitingModel], to ledger: LedgerWriter, at now: Duration
    ) throws(LedgerError) -> Bool {
        if let lastWrite, now < lastWrite + pause {
            nextWrite = lastWrite + pause
            return false
        }
        lastWrite = now
        nextWrite = nil
        let start = ContinuousClock.now
        try write(waiting(), to: ledger)
        pause = max(Self.shortestPause, (.now - start) * 10)
        return true
    }

    /// Writes what has changed.
    mutating func write(_ waiting: [WaitingModel], to ledger: LedgerWriter) throws(LedgerError) {
        var rows: [WaitingRow] = []
        var still: [ModelName: (code: String, at: Timestamp)] = [:]
        for model in waiting {
            let message = blocked[model.name]
            if model.reason == .running, message == nil { continue }
            let code = message == nil ? model.reason.code : "blocked"
            let at = since[model.name].flatMap { $0.code == code ? $0.at : nil } ?? .now
            still[model.name] = (code, at)
            rows.append(
                WaitingRow(
                    model: model.name, since: at, code: code,
                    clause: message.map { "is blocked: \($0)" } ?? model.reason.description))
        }
        since = still
        waitingCount = rows.count
        guard rows != written else { return }
        try ledger.setWaiting(rows)
        written = rows
    }
}

extension WaitingReason {
    /// The word in the ledger and in JSON.
    fileprivate var code: String {
        switch self {
        case .missing: "missing"
        case .settling: "settling"
        case .inspecting: "inspecting"
        case .bytes: "bytes"
        case .running: "running"
        case .unusable: "unusable"
        }
    }
}
