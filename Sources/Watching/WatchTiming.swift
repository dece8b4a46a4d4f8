/// When a `FolderWatcher` does what no event asks for.
public struct WatchTiming: Hashable, Sendable {
    /// Between full listings while inotify works. Events are hints, the listing is the truth: it finds what a mount over
    /// the folder, an mmap store or a renamed ancestor has changed without an event.
    public var rescan: Duration
    /// Between full listings where inotify does not work.
    public var poll: Duration
    /// How soon a missing root is looked for again; doubled each time, up to `rootRetryLimit`.
    public var rootRetry: Duration
    /// The longest wait between two looks for a missing root.
    public var rootRetryLimit: Duration
    /// How long events may pile up before they are looked at, so that a file written in a thousand pieces is looked at
    /// a hundred times a second at most.
    public var gather: Duration

    public init(
        rescan: Duration = .seconds(300), poll: Duration = .seconds(60), rootRetry: Duration = .milliseconds(250),
        rootRetryLimit: Duration = .seconds(60), gather: Duration = .milliseconds(10)
    ) {
        self.rescan = rescan
        self.poll = poll
        self.rootRetry = rootRetry
        self.rootRetryLimit = rootRetryLimit
        self.gather = gather
    }
}
