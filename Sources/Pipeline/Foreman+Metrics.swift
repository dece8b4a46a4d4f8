import Ledger
import Metrics
import Vocabulary

extension Foreman {
    /// Takes from the ledger what was counted before this daemon began.
    func beginMetrics() throws {
        metrics.page.version = Version.text
        metrics.page.started = board.state.started.seconds
        for (status, count) in try ledger.runCounts() { metrics.page.runs[status.rawValue] = count }
        metrics.page.watchMode = board.state.watchMode.rawValue
    }

    /// Counts a run that has ended.
    func count(_ end: RunEnd, _ results: RunResults, took time: Duration) {
        metrics.page.runs[end.status.rawValue, default: 0] += 1
        metrics.page.seconds.add(time / .seconds(1))
        let measured = results.metrics.map(\.metric)
        let cosines = measured.filter { $0.type == EvaluationMetric.cosine }.compactMap(\.int8)
        if let worst = cosines.min() { metrics.page.cosine.add(worst) }
        for metric in measured where metric.type == EvaluationMetric.top1 {
            if let delta = metric.delta { metrics.page.top1Drop.add(-delta) }
        }
        func bytes(_ role: ArtifactRole) -> Int {
            Int(clamping: results.artifacts.first { $0.role == role }?.size ?? 0)
        }
        if end.status == .published {
            metrics.page.bytesBefore += bytes(.bin)
            metrics.page.bytesAfter += bytes(.int8Bin)
        }
    }

    /// Writes the page where something has changed.
    func writeMetrics(waiting: Int) {
        guard metrics.path != nil else { return }
        metrics.page.queued = queue.count
        metrics.page.running = running.count
        metrics.page.waiting = waiting
        metrics.page.blocked = board.blockedCount
        metrics.page.lastScan = board.state.lastScan?.seconds
        metrics.page.watchMode = board.state.watchMode.rawValue
        let folders = [
            ("models", configuration.models), ("output", configuration.output), ("state", configuration.state),
        ]
        metrics.page.disks = folders.compactMap { MetricsPage.Disk($0.0, $0.1) }
        let before = metrics.failure
        metrics.writeIfDue(at: now)
        if let failure = metrics.failure, failure != before {
            logger.warning("metrics: \(failure)", metadata: .of(.metrics))
        }
    }
}

extension Timestamp {
    /// Seconds since 1970.
    fileprivate var seconds: Double { Double(microseconds) / 1e6 }
}
