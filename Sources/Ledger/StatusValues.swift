public import SystemPackage
public import Vocabulary

/// How the daemon learns of changes. The raw value is public: it stands in the ledger and in JSON.
public enum WatchMode: String, Sendable, Codable, CaseIterable {
    case inotify
    case polling
    /// Some folders are not watched and are only scanned.
    case degraded
}

/// The daemon that writes the ledger, or wrote it last.
public struct DaemonState: Hashable, Sendable {
    public var pid: Int
    public var version: String
    public var started: Timestamp
    /// When it last said that it is alive.
    public var heartbeat: Timestamp
    /// When it stopped in good order; nil while it runs, and after it was killed.
    public var stopped: Timestamp?
    public var watchMode: WatchMode
    /// Why the mode is what it is; nil where there is nothing to say.
    public var watchClause: String?
    public var modelsFolder: FilePath
    public var outputFolder: FilePath
    public var lastScan: Timestamp?

    public init(
        pid: Int, version: String, started: Timestamp, heartbeat: Timestamp, stopped: Timestamp? = nil,
        watchMode: WatchMode, watchClause: String? = nil, modelsFolder: FilePath, outputFolder: FilePath,
        lastScan: Timestamp? = nil
    ) {
        self.pid = pid
        self.version = version
        self.started = started
        self.heartbeat = heartbeat
        self.stopped = stopped
        self.watchMode = watchMode
        self.watchClause = watchClause
        self.modelsFolder = modelsFolder
        self.outputFolder = outputFolder
        self.lastScan = lastScan
    }
}

/// A model that is not whole yet, and what it waits for.
public struct WaitingRow: Hashable, Sendable {
    public var model: ModelName
    public var since: Timestamp
    /// A word that programs can count.
    public var code: String
    /// A lower-case clause for people.
    public var clause: String

    public init(model: ModelName, since: Timestamp, code: String, clause: String) {
        self.model = model
        self.since = since
        self.code = code
        self.clause = clause
    }
}

/// Something that happened, for people.
public struct LedgerEvent: Hashable, Sendable {
    /// The run it is about; nil where it is about none.
    public var run: Int?
    public var model: ModelName?
    public var at: Timestamp
    /// A word that programs can count.
    public var kind: String
    public var message: String
    /// The request that this answers, a UUID; nil where it answers none.
    public var request: String?

    public init(
        run: Int? = nil, model: ModelName? = nil, at: Timestamp, kind: String, message: String, request: String? = nil
    ) {
        self.run = run
        self.model = model
        self.at = at
        self.kind = kind
        self.message = message
        self.request = request
    }
}

/// How far a run has come that runs now.
public struct RunProgress: Hashable, Sendable {
    /// What it does: `quantizing`, `evaluating`, `repairing`.
    public var step: String
    /// Bytes where it quantizes, samples where it runs them.
    public var done: Int
    /// How many there will be; 0 where nobody knows.
    public var total: Int
    public var at: Timestamp

    public init(step: String, done: Int, total: Int, at: Timestamp) {
        self.step = step
        self.done = done
        self.total = total
        self.at = at
    }

    /// The part that is done, from 0 to 1; nil where nobody knows.
    public var part: Double? { total > 0 ? min(1, Double(done) / Double(total)) : nil }
}

/// What `status` says, all of one moment.
public struct StatusAnswer: Hashable, Sendable {
    /// nil where no daemon ever wrote here.
    public let daemon: DaemonState?
    /// In the order of their names.
    public let waiting: [WaitingRow]
    /// The longest-running first.
    public let running: [RunSummary]
    /// How far they have come, by their numbers; none for a run that has only just begun.
    public let progress: [Int: RunProgress]
    /// How many runs wait for a worker.
    public let queued: Int
    /// The run that failed last.
    public let lastFailed: RunSummary?
    /// How many runs there are with each status; none is 0.
    public let counts: [RunStatus: Int]
}

/// Where and when a content was seen.
public struct Sighting: Hashable, Sendable {
    public let path: FilePath
    public let digest: ArtifactDigest
    /// Bytes.
    public let size: Int64
    public let firstSeen: Timestamp
    public let lastSeen: Timestamp
}
