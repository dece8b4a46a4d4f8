import Glibc
import Ledger
public import Logging
import Provenance
import Publishing
import Requests
import Scheduling
public import Settings
import SystemPackage
import Watching

/// The daemon: watch → assemble → quantize → publish → record, until it is asked to stop.
public struct Daemon: Sendable {
    private let configuration: Configuration
    private let environment: [String: String]
    private let logger: Logger

    private let load: @Sendable () throws -> Configuration

    /// - Parameters:
    ///   - environment: that of the process, read once: it is not safe to read later.
    ///   - load: reads the configuration again.
    public init(
        _ configuration: Configuration, environment: [String: String], logger: Logger,
        load: @escaping @Sendable () throws -> Configuration
    ) {
        self.load = load
        self.configuration = configuration
        self.environment = environment
        self.logger = logger
    }

    /// What the daemon is asked by. They are to be held before `run`, while there is but one thread.
    public static let signals = [SIGTERM, SIGINT, SIGHUP]

    /// Runs until it is asked to stop, on this thread.
    ///
    /// - Throws: what makes it impossible to begin or go on: a second daemon on the same state, a ledger or an output
    ///   folder that cannot be used.
    public func run() throws {
        SpareMemory.useOneHeap()
        try configuration.check()
        try configuration.makeFolders()
        let key = try configuration.readSigningKey()
        let stop = StopFlag()
        // One that comes while another is under way is not lost, and a second one would read the same file.
        let (reloads, reload) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        try Signals.hear(Self.signals) { signal in
            if signal == SIGHUP { reload.yield() } else { stop.set() }
        }
        let loop = try EventLoop()
        try loop.run { try await work(on: loop, until: stop, reloadingAt: reloads, signingWith: key) }
        logger.info("stopped", metadata: .of(.stopped))
    }

    private func work(
        on loop: EventLoop, until stop: StopFlag, reloadingAt reloads: AsyncStream<Void>, signingWith key: SigningKey?
    ) async throws {
        let notifier = ServiceNotifier(environment: environment)
        let patience = Patience(stop: stop, logger: logger, notifier: notifier)
        // Bringing a large ledger up to date begins with a copy of it, and there may be results of years to look through.
        notifier.stillStarting("opening \(configuration.ledgerPath)", atMost: .seconds(300))
        let ledger = try patience { try LedgerWriter(path: configuration.ledgerPath) }
        notifier.stillStarting("looking through \(configuration.output)", atMost: .seconds(300))
        let publisher = try Publisher(locking: configuration.output)
        try sweep(publisher, ledger)
        let requests = RequestFolder(state: configuration.state)
        do {
            try requests.make()
        } catch {
            throw FolderError(key: "requests", folder: requests.path, error: error)
        }
        let workers = WorkerPool(WorkerCommand(configuration, environment: environment))
        let foreman = Foreman(
            configuration, ledger: ledger, publisher: publisher, key: key, requests: requests, workers: workers,
            environment: environment, patience: patience, loop: loop)
        try await foreman.takeUp()
        let watcher = try FolderWatcher(
            root: configuration.models, excluding: [configuration.output, configuration.state],
            timing: WatchTiming(rescan: configuration.rescan))
        let asking = try FolderWatcher(root: requests.path, timing: WatchTiming(rescan: configuration.rescan))
        let stopWatching: @Sendable () -> Void = {
            watcher.stop()
            asking.stop()
        }
        stop.whenSet(stopWatching)
        await foreman.whenFailing(stopWatching)
        await foreman.whenInDoubt { watcher.look(at: $0) }
        let others = [
            Task(executorPreference: loop) {
                for await _ in reloads { await foreman.hear(reload: load) }
            },
            Task(executorPreference: loop) {
                guard let interval = notifier.watchdog else { return }
                while (try? await loop.sleep(until: .now + interval / 2)) != nil { await foreman.pulse() }
            },
        ]
        defer { for task in others { task.cancel() } }
        try await withThrowingTaskGroup { group in
            // Whichever cannot go on stops the other.
            group.addTask {
                defer { stopWatching() }
                for await reports in watcher.reports { try await foreman.hear(reports) }
            }
            group.addTask {
                defer { stopWatching() }
                for await reports in asking.reports { try await foreman.hear(requests: reports) }
            }
            try await group.waitForAll()
        }
        if let failure = await foreman.firstFailure() { throw failure }
        try await foreman.finish()
        try ledger.close()
    }

    /// Removes what a crash left half published or half pruned: folders of runs that the ledger knows and that have not
    /// ended or were pruned, and temporary names. A run that the ledger does not know stays: then it is the ledger that was
    /// lost. Its number stays its own.
    private func sweep(_ publisher: Publisher, _ ledger: LedgerWriter) throws {
        let open = try ledger.openRuns()
        let pruned = try ledger.prunedRuns()
        var highest = 0
        let sweep = try publisher.sweep { run in
            // No daemon gets as far as that; a folder of that name is someone's joke, and after the last number comes none.
            if run.run < 1_000_000_000_000 { highest = max(highest, run.run) }
            return open[run.run] != run.model && pruned[run.run] != run.model
        }
        try ledger.skipNumbers(through: highest)
        let kind = Logger.Metadata.of(.leftovers)
        for path in sweep.removed { logger.notice("removed \(path), left by a crash", metadata: kind) }
        for path in sweep.foreign {
            logger.warning("\(path) should go and holds what is not ours, it is left alone", metadata: kind)
        }
        for failure in sweep.failures { logger.warning("\(failure)", metadata: kind) }
    }
}
