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
        let ledger = try patience { try LedgerWriter(path: configuration.ledgerPath) }
        let publisher = try Publisher(locking: configuration.output)
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
        for await reports in watcher.reports {
            try await foreman.hear(reports)
        }
        if let failure = await foreman.firstFailure() { throw failure }
        try await foreman.finish()
        try ledger.close()
    }

    /// Removes what a crash left half published: folders of runs that the ledger knows and has not ended, and temporary
    /// names. A run that the ledger does not know stays: then it is the ledger that was lost.
    private func sweep(_ publisher: Publisher, _ ledger: LedgerWriter) throws {
        let open = try ledger.openRuns()
        let sweep = try publisher.sweep { open[$0.run] != $0.model }
        for path in sweep.removed { logger.notice("removed \(path), left half published by a crash") }
        for failure in sweep.failures { logger.warning("\(failure)") }
    }
}
