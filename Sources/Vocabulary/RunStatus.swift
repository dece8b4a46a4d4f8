/// Where a run stands. The raw value is public: it stands in the ledger and in JSON.
///
/// `queued → running → published | rejected | failed | cached`; the last four are final.
public enum RunStatus: String, Sendable, Codable, CaseIterable {
    /// Waits for a worker.
    case queued
    /// A worker has it.
    case running
    /// The int8 twin is in the output folder.
    case published
    /// The gate held the int8 twin back.
    case rejected
    /// There is no int8 twin; the run's message says why.
    case failed
    /// The same bytes were quantized before with the same settings and version; that result is published under this
    /// name too.
    case cached

    /// A run that has ended never changes again.
    public var hasEnded: Bool {
        switch self {
        case .queued, .running: false
        case .published, .rejected, .failed, .cached: true
        }
    }
}

/// What the gate says of a run.
public enum Verdict: String, Sendable, Codable, CaseIterable {
    case passed = "PASSED"
    case warned = "WARNED"
    case failed = "FAILED"
}
