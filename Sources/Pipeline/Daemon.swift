import Ledger
public import Logging
import Publishing
public import ServiceLifecycle
public import Settings
import SystemPackage
import Watching

/// The daemon: watch → assemble → quantize → publish → record, until it is asked to stop.
public struct Daemon: Service {
    private let configuration: Configuration
    private let environment: [String: String]
    private let logger: Logger

    /// - Parameter environment: that of the process, read once: it is not safe to read later.
    public init(_ configuration: Configuration, environment: [String: String], logger: Logger) {
        self.configuration = configuration
        self.environment = environment
        self.logger = logger
    }

    /// Runs until graceful shutdown.
    ///
    /// - Throws: what makes it impossible to begin or go on: a second daemon on the same state, a ledger or an output
    ///   folder that cannot be used.
    public func run() async throws {
        try configuration.check()
        try configuration.makeFolders()
        let stop = StopFlag()
        try await withGracefulShutdownHandler {
            try await work(until: stop)
        } onGracefulShutdown: {
            stop.set()
        }
        logger.info("stopped")
    }

    private func work(until stop: StopFlag) async throws {
        let notifier = ServiceNotifier(environment: environment)
        let patience = Patience(stop: stop, logger: logger, notifier: notifier)
        let publisher = Publisher(output: configuration.output)
        let ledger = try patience { try LedgerWriter(path: configuration.ledgerPath) }
        let lock = try publisher.lock()
        defer { withExtendedLifetime(lock) {} }
        try sweep(publisher, ledger)
        let workers = WorkerPool(WorkerCommand(configuration, environment: environment))
        let foreman = Foreman(
            configuration, ledger: ledger, publisher: publisher, workers: workers, patience: patience)
        try await foreman.takeUp()
        let watcher = try FolderWatcher(
            root: configuration.models, excluding: [configuration.output, configuration.state],
            timing: WatchTiming(rescan: configuration.rescan))
        stop.whenSet { watcher.stop() }
        await foreman.whenFailing { watcher.stop() }
        await foreman.whenInDoubt { watcher.look(at: $0) }
        for await reports in watcher.reports {
            try await foreman.hear(reports)
        }
        if let failure = await foreman.firstFailure() { throw failure }
        try await foreman.finish()
        try ledger.close()
    }

    /// Removes what a crash left half published: folders of runs that the ledger knows and has not ended, and temporary
    /// names. A run that the ledger does not know stays: then it is the ledger that was lost. Its number stays its own.
    private func sweep(_ publisher: Publisher, _ ledger: LedgerWriter) throws {
        let open = try ledger.openRuns()
        var highest = 0
        let sweep = try publisher.sweep { run in
            // No daemon gets as far as that; a folder of that name is someone's joke, and after the last number comes none.
            if run.run < 1_000_000_000_000 { highest = max(highest, run.run) }
            return open[run.run] != run.model
        }
        try ledger.skipNumbers(through: highest)
        for path in sweep.removed { logger.notice("removed \(path), left half published by a crash") }
        for failure in sweep.failures { logger.warning("\(failure)") }
    }
}
