import Ledger
public import Logging
import Provenance
import Publishing
import Requests
public import ServiceLifecycle
import SystemPackage
import Watching

/// The daemon: watch → assemble → quantize → publish → record, until it is asked to stop.
public struct Daemon: Service {
    private let configuration: Configuration
    private let logger: Logger
    private let notifier: ServiceNotifier

    public init(_ configuration: Configuration, logger: Logger, notifier: ServiceNotifier) {
        self.configuration = configuration
        self.logger = logger
        self.notifier = notifier
    }

    /// Runs until graceful shutdown.
    ///
    /// - Throws: what makes it impossible to begin or go on: a second daemon on the same state, a ledger or an output
    ///   folder that cannot be used.
    public func run() async throws {
        try configuration.check()
        try configuration.makeFolders()
        let key = try configuration.readSigningKey()
        let requests = RequestFolder(state: configuration.state)
        let ledger = try LedgerWriter(path: configuration.ledgerPath)
        let publisher = Publisher(output: configuration.output)
        try sweep(publisher, ledger)
        let foreman = Foreman(
            configuration, ledger: ledger, publisher: publisher, key: key, requests: requests, logger: logger,
            notifier: notifier)
        try await foreman.takeUp()
        let watcher = try FolderWatcher(
            root: configuration.models, excluding: [configuration.output, configuration.state],
            timing: WatchTiming(rescan: configuration.rescan))
        let asking = try FolderWatcher(root: requests.path, timing: WatchTiming(rescan: configuration.rescan))
        @Sendable func stop() {
            watcher.stop()
            asking.stop()
        }
        await foreman.whenFailing { stop() }
        try await withGracefulShutdownHandler {
            try await withThrowingTaskGroup { group in
                // Whichever cannot go on stops the other.
                group.addTask {
                    defer { stop() }
                    for await reports in watcher.reports { try await foreman.hear(reports) }
                }
                group.addTask {
                    defer { stop() }
                    for await reports in asking.reports { try await foreman.hear(requests: reports) }
                }
                try await group.waitForAll()
            }
        } onGracefulShutdown: {
            stop()
        }
        if let failure = await foreman.firstFailure() { throw failure }
        try await foreman.finish()
        try ledger.close()
        logger.info("stopped")
    }

    /// Removes what a crash left half published or half pruned: folders of runs that the ledger knows and that have not
    /// ended or were pruned, and temporary names. A run that the ledger does not know stays: then it is the ledger that was lost.
    private func sweep(_ publisher: Publisher, _ ledger: LedgerWriter) throws {
        let open = try ledger.openRuns()
        let pruned = try ledger.prunedRuns()
        let sweep = try publisher.sweep { open[$0.run] != $0.model && pruned[$0.run] != $0.model }
        for path in sweep.removed { logger.notice("removed \(path), left by a crash") }
        for path in sweep.foreign { logger.warning("\(path) should go and holds what is not ours, it is left alone") }
        for failure in sweep.failures { logger.warning("\(failure)") }
    }
}
