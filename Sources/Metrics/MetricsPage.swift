/// All that Prometheus is told of the daemon, in the format that node_exporter's textfile collector reads.
///
/// Nothing listens: the page is a file, and a label never holds a model's name, so that it does not grow with the models.
public struct MetricsPage: Hashable, Sendable {
    /// Room on the disk of one of the daemon's folders, in bytes.
    public struct Disk: Hashable, Sendable {
        /// `models`, `output` or `state`.
        public var folder: String
        public var free: Double
        public var size: Double

        public init(folder: String, free: Double, size: Double) {
            self.folder = folder
            self.free = free
            self.size = size
        }
    }

    public var version = ""
    /// Seconds since 1970, here and below.
    public var started = 0.0
    public var lastScan: Double?
    /// Runs in the ledger that ended so, by status.
    public var runs: [String: Int] = [:]
    public var queued = 0
    public var running = 0
    public var waiting = 0
    public var blocked = 0
    public var workerDeaths = 0
    public var missedEvents = 0
    /// `inotify`, `polling` or `degraded`.
    public var watchMode = ""
    public var disks: [Disk] = []
    /// From the start of a run to its end.
    public var seconds = Histogram([0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600])
    /// Of the worst output of each run that was measured.
    public var cosine = Histogram([0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999, 0.9999, 1])
    /// Float minus int8, of each run with labels.
    public var top1Drop = Histogram([-0.01, 0, 0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1])
    public var bytesBefore = 0
    public var bytesAfter = 0

    public init() {}

    private static let statuses = ["published", "cached", "rejected", "failed"]
    private static let modes = ["inotify", "polling", "degraded"]

    /// The page.
    public var text: String {
        families.map(\.text).joined()
    }

    private var families: [MetricFamily] {
        var families = [
            MetricFamily("quantd_info", .gauge, "The version that runs.", by: "version", [(version, 1)]),
            MetricFamily("quantd_start_time_seconds", .gauge, "When the daemon started.", started),
            MetricFamily(
                "quantd_runs_total", .counter, "Runs in the ledger, by how they ended.", by: "status",
                Self.statuses.map { ($0, Double(runs[$0] ?? 0)) }),
            MetricFamily("quantd_runs_queued", .gauge, "Runs that wait for a worker.", Double(queued)),
            MetricFamily("quantd_runs_running", .gauge, "Runs that a worker has.", Double(running)),
            MetricFamily("quantd_models_waiting", .gauge, "Models that are not whole yet.", Double(waiting)),
            MetricFamily(
                "quantd_models_blocked", .gauge, "Models whose run cannot go on, for a full disk or the like.",
                Double(blocked)),
            MetricFamily(
                "quantd_worker_deaths_total", .counter, "Workers that died over a model since the start.",
                Double(workerDeaths)),
            MetricFamily(
                "quantd_missed_events_total", .counter, "Times that events were lost and everything was listed again.",
                Double(missedEvents)),
            MetricFamily(
                "quantd_watch_mode", .gauge, "How the daemon learns of changes: 1 for the mode that it is in.",
                by: "mode", Self.modes.map { ($0, $0 == watchMode ? 1 : 0) }),
            MetricFamily(
                "quantd_disk_free_bytes", .gauge, "Bytes that the daemon may still write.", by: "folder",
                disks.map { ($0.folder, $0.free) }),
            MetricFamily(
                "quantd_disk_size_bytes", .gauge, "Bytes of the file system.", by: "folder",
                disks.map { ($0.folder, $0.size) }),
            MetricFamily("quantd_run_duration_seconds", "Runs since the start, by how long they took.", seconds),
            MetricFamily(
                "quantd_output_cosine", "Measured runs since the start, by the cosine of their worst output.", cosine),
            MetricFamily(
                "quantd_top1_drop", "Runs with labels since the start, by the top-1 accuracy that int8 lost.", top1Drop),
            MetricFamily(
                "quantd_bin_bytes_total", .counter, "Bytes of the .bin files of published runs since the start.",
                by: "twin", [("float", Double(bytesBefore)), ("int8", Double(bytesAfter))]),
        ]
        if let lastScan {
            families.append(
                MetricFamily("quantd_last_scan_timestamp_seconds", .gauge, "When the folder was last listed.", lastScan)
            )
        }
        return families
    }
}
