import Assembling
import Ledger
import Logging
import Provenance
import Publishing
import Requests
import Settings
import SystemPackage
import Vocabulary
import Watching

/// Keeps everything going: hears what the watcher reports, lets the assembler say what is whole, and gives the workers
/// one run after the other.
///
/// It lives on a thread of its own, since the ledger and the folders it looks at may make it wait.
actor Foreman {
    var configuration: Configuration
    let ledger: LedgerWriter
    let publisher: Publisher
    var key: SigningKey?
    let requests: RequestFolder
    let workers: WorkerPool
    let environment: [String: String]
    let threads = BlockingThreads(label: "quantd.workers")
    let patience: Patience
    private let clock = ContinuousClock()
    private let start: ContinuousClock.Instant
    private let executor = SerialQueueExecutor(label: "quantd.foreman")

    var assembler: Assembler
    var board: StatusBoard
    var open = OpenRequests()
    var metrics: MetricsFile
    /// Runs that wait for a worker, the oldest first. Each model has one at most, so the models bound it.
    private(set) var queue: [QueuedRun] = []
    private(set) var running: [Int: Task<Void, Never>] = [:]
    private var alarm: Task<Void, Never>?
    /// What is to be looked at, in order. Each model stands here twice at most.
    private var looks: [Look] = []
    private var looking: Task<Void, Never>?
    private var failure: (any Error)?
    private(set) var isStopping = false
    /// What systemd was told last.
    private var toldStatus = ""

    var logger: Logger { patience.logger }
    var notifier: ServiceNotifier { patience.notifier }

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(
        _ configuration: Configuration, ledger: LedgerWriter, publisher: Publisher, key: SigningKey?,
        requests: RequestFolder, workers: WorkerPool, environment: [String: String], patience: Patience
    ) {
        self.configuration = configuration
        self.ledger = ledger
        self.publisher = publisher
        self.key = key
        self.requests = requests
        self.workers = workers
        self.environment = environment
        metrics = MetricsFile(configuration.metricsFile)
        self.patience = patience
        start = clock.now
        assembler = Assembler(
            root: configuration.models,
            settings: Assembler.Settings(configuration))
        board = StatusBoard(configuration)
    }

    // MARK: Beginning and end

    /// Takes up what an earlier daemon left: knows what is done, queues again what was interrupted.
    func takeUp() throws {
        try patience { try ledger.setDaemon(board.state) }
        for known in try ledger.knownTriples() {
            _ = assembler.handle(.known(known.triple.name, known.triple), at: now)
        }
        for run in try patience({ try ledger.requeueInterrupted() }) {
            if run.interruptions >= Self.mostInterruptions {
                let message = "the daemon was killed in \(run.interruptions) attempts"
                try patience { try ledger.finish(run.run, .failed(message: message)) }
                logger.error("failed: \(message)", metadata: run.metadata("failed"))
            } else {
                queue.append(run)
            }
            _ = assembler.handle(.known(run.triple.name, run.triple), at: now)
        }
        try beginMetrics()
        startRuns()
    }

    /// Workers die for a model, the daemon should not; where it does all the same, again and again, it must come to an end.
    private static let mostInterruptions = 5

    /// Lets running work end where that takes a moment, puts back what takes longer, and says goodbye.
    func finish() async throws {
        isStopping = true
        alarm?.cancel()
        notifier.stopping()
        let grace = Task { [clock, workers] in
            try? await clock.sleep(for: .seconds(2))
            workers.close()
        }
        looking?.cancel()
        for task in running.values {
            task.cancel()
        }
        for task in running.values {
            await task.value
        }
        for pruning in open.prunings.values {
            await pruning.value
        }
        grace.cancel()
        workers.close()
        await looking?.value
        try board.write(assembler.waiting, to: ledger)
        board.state.stopped = .now
        try ledger.setDaemon(board.state)
    }

    // MARK: What is heard

    /// Hears a batch of reports.
    ///
    /// - Throws: what makes it impossible to go on at all: a ledger that is damaged.
    func hear(_ reports: [WatchReport]) throws {
        if board.state.lastScan == nil {
            notifier.stillStarting("listing \(configuration.models)", atMost: .seconds(90))
        }
        for report in reports {
            switch report {
            case .seen(let path, let identity):
                try hearSettings(at: path, identity)
                try handle(.seen(path, identity))
            case .gone(let path):
                try hearSettings(at: path, nil)
                try handle(.gone(path))
            case .folderGone(let path): try handle(.folderGone(path))
            case .scanning: try handle(.scanning)
            case .scanned:
                try handle(.scanned)
                try scanned()
                try takeRequests()
            case .mode(let mode): try changed(mode)
            case .missedEvents:
                metrics.page.missedEvents += 1
                logger.notice("events were missed, the folder is listed again")
            case .unreadable(let path, let errno):
                logger.warning("cannot read \(path): \(String(describing: errno).lowercased())")
            }
        }
        try afterwards()
    }

    /// A model's own settings can let it go on without a table, which the assembler has to know before it waits for one.
    private func hearSettings(at path: FilePath, _ identity: FileIdentity?) throws {
        guard let model = assembler.model(ofSettingsAt: path) else { return }
        looks.removeAll { $0.isSettings(of: model) }
        guard let identity else { return try handle(.tableOptional(model, nil)) }
        looks.append(.settings(model, Triple.File(path: path, identity: identity)))
    }

    private func scanned() throws {
        let isFirst = board.state.lastScan == nil
        board.state.lastScan = .now
        board.state.heartbeat = .now
        try patience { try ledger.setDaemon(board.state) }
        if isFirst {
            logger.info(
                "watching \(configuration.models), publishing to \(configuration.output)",
                metadata: ["event": "started"])
            notifier.ready(statusLine)
            ProgramPages.release()
        }
    }

    private func changed(_ mode: Watching.WatchMode) throws {
        board.state.watchMode = mode.recorded
        board.state.watchClause = mode == .inotify ? nil : mode.description
        try patience { try ledger.setDaemon(board.state) }
        if mode != .inotify { logger.warning("\(mode)") }
    }

    func handle(_ event: AssemblyEvent) throws {
        try act(on: assembler.handle(event, at: now))
    }

    func act(on actions: [AssemblyAction]) throws {
        for action in actions {
            switch action {
            case .inspect(let triple):
                looks.append(.triple(triple))
            case .start(let triple):
                queue.append(try enqueue(triple))
            case .refuse(let triple, let message):
                let number = try enqueue(triple).run
                try patience { try ledger.finish(number, .failed(message: message)) }
                let end = RunEnd.failed(message: message)
                note(end, RunResults(), of: QueuedRun(run: number, triple: triple, trigger: .watch), took: .zero)
            }
        }
    }

    // MARK: Looking into files

    /// Has a worker look at one after the other. That is quick, and it does not wait for the runs.
    private func startLooking() {
        guard looking == nil, !isStopping, !looks.isEmpty else { return }
        looking = Task { await self.lookAtAll() }
    }

    private func lookAtAll() async {
        while !isStopping, !looks.isEmpty {
            let look = looks.removeFirst()
            if let event = await answer(look) {
                board.unblock(look.model)
                attempt {
                    try handle(event)
                    try afterwards()
                }
            }
        }
        looking = nil
    }

    /// What the worker says, tried twice where it dies; nil where it has to be asked again later, or the daemon stops.
    private func answer(_ look: Look) async -> AssemblyEvent? {
        var pause = Duration.seconds(1)
        var deaths = 0
        while !isStopping {
            do {
                let base = ModelSettings(configuration)
                return try await threads.perform { [workers] in try workers.lend { try look.answer(by: $0, base: base) }
                }
            } catch WorkerFailure.died(let message) {
                deaths += 1
                logger.warning("a worker died over \(look.model): \(message)")
                if deaths == 2 { return look.answer(despite: "its worker died twice: \(message)") }
            } catch WorkerFailure.unavailable(let message) {
                block(look.model, message, ["model": "\(look.model)", "event": "blocked"], pause)
                attempt { try writeBoard() }
                try? await clock.sleep(for: pause)
                pause = min(pause * 2, .seconds(60))
            } catch WorkDenied.blocked(let message) {
                postpone(look, message)
                return nil
            } catch {
                // The daemon stops.
                return nil
            }
        }
        return nil
    }

    /// Looks again in a while: a file on a bad disk must not hold up the others.
    private func postpone(_ look: Look, _ message: String) {
        block(look.model, message, ["model": "\(look.model)", "event": "blocked"], Self.lookPause)
        attempt { try writeBoard() }
        Task {
            try? await clock.sleep(for: Self.lookPause)
            looks.append(look)
            startLooking()
        }
    }

    private static let lookPause = Duration.seconds(10)

    // MARK: Time

    /// What the assembler and the status owe after every change.
    func afterwards() throws {
        try act(on: assembler.tick(now))
        try refuseRetries()
        startLooking()
        startRuns()
        try writeBoard()
    }

    private func writeBoard() throws {
        if try patience({ try board.writeIfDue(assembler.waiting, to: ledger, at: now) }), statusLine != toldStatus {
            toldStatus = statusLine
            notifier.status(statusLine)
        }
        writeMetrics(waiting: board.waitingCount)
        setAlarm()
    }

    /// The line of `systemctl status`.
    var statusLine: String {
        "watching \(configuration.models): \(queue.count) queued, \(running.count) running, \(board.waitingCount) waiting"
    }

    private func setAlarm() {
        alarm?.cancel()
        guard !isStopping,
            let deadline = [assembler.nextDeadline, board.nextWrite, metrics.nextWrite].compactMap(\.self).min()
        else {
            return
        }
        alarm = Task { [clock, start] in
            guard (try? await clock.sleep(until: start + deadline)) != nil else { return }
            self.ring()
        }
    }

    private func ring() {
        attempt { try afterwards() }
    }

    var now: Duration { clock.now - start }

    // MARK: Runs

    private func startRuns() {
        while !isStopping, running.count < configuration.workers, !queue.isEmpty {
            let next = queue.removeFirst()
            let run = Run(
                number: next.run, triple: next.triple, trigger: next.trigger, configuration: configuration,
                ledger: ledger, publisher: publisher, key: key, patience: patience)
            running[next.run] = Task { await self.see(run, through: next) }
        }
        if running.isEmpty, queue.isEmpty, looks.isEmpty { workers.dismiss() }
    }

    /// Makes attempts until the run has ended; a full disk only delays it.
    private func see(_ run: Run, through queued: QueuedRun) async {
        var pause = Duration.seconds(1)
        var isOver = false
        do {
            while !isOver, !Task.isCancelled {
                let began = now
                let attempt = try await attempt(run)
                isOver = try settle(attempt, of: queued, took: now - began, pause)
                guard !isOver else { break }
                try? await clock.sleep(for: pause)
                pause = min(pause * 2, .seconds(60))
            }
        } catch is CancellationError {
            logger.info("put back, to be done at the next start", metadata: queued.metadata)
        } catch {
            fail(error)
            isOver = true
        }
        if !isOver {
            // The daemon stops: that is nobody's death.
            attempt { try ledger.pause(queued.run) }
        }
        board.unblock(queued.triple.name)
        running[queued.run] = nil
        attempt {
            if isOver { try handle(.finished(queued.triple.name)) }
            try afterwards()
        }
    }

    /// Makes one attempt on a thread that may wait.
    private func attempt(_ run: Run) async throws -> Result<Run.Outcome, WorkerFailure> {
        do {
            return .success(try await threads.perform { [workers] in try workers.lend(run.perform) })
        } catch let failure as WorkerFailure {
            return .failure(failure)
        }
    }

    /// Takes note of what became of an attempt.
    ///
    /// - Returns: Whether the run is over.
    private func settle(
        _ attempt: Result<Run.Outcome, WorkerFailure>, of run: QueuedRun, took time: Duration, _ pause: Duration
    ) throws -> Bool {
        switch attempt {
        case .success(let outcome):
            return try settle(outcome, of: run, took: time, pause)
        case .failure(.unavailable(let message)):
            block(run, message, pause)
            return false
        case .failure(.died(let message)):
            let deaths = try patience { try ledger.noteDeath(run.run, message: message) }
            metrics.page.workerDeaths += 1
            logger.error("worker died: \(message)", metadata: run.metadata("worker died"))
            guard deaths >= 2 else { return false }
            let end = RunEnd.failed(message: "worker died \(deaths) times, last: \(message)")
            try patience { try ledger.finish(run.run, end) }
            note(end, RunResults(), of: run, took: time)
            return true
        }
    }

    private func settle(
        _ outcome: Run.Outcome, of run: QueuedRun, took time: Duration, _ pause: Duration
    ) throws -> Bool {
        switch outcome {
        case .ended(let end, let results):
            note(end, results, of: run, took: time)
            return true
        case .unchanged:
            let message = "the same bytes and settings as the model's latest run"
            try patience { try ledger.drop(run.run, message: message) }
            return true
        case .changed(let path):
            let message = "\(path.lastComponent?.string ?? "") changed while it was read"
            try patience { try ledger.drop(run.run, message: message) }
            logger.info("\(message), assembled again", metadata: run.metadata)
            return true
        case .samplesChanged:
            block(run, "its samples are still changing", pause)
            return false
        case .blocked(let message):
            block(run, message, pause)
            return false
        }
    }

    private func block(_ run: QueuedRun, _ message: String, _ pause: Duration) {
        block(run.triple.name, message, run.metadata("blocked"), pause)
        attempt { try afterwards() }
    }

    /// Notes that a model is blocked, and says so once for each reason: a disk that is full for days fills no log.
    private func block(_ model: ModelName, _ message: String, _ metadata: Logger.Metadata, _ pause: Duration) {
        guard board.block(model, message) else { return }
        logger.warning("blocked, tried again in \(pause): \(message)", metadata: metadata)
    }

    /// Tells how a run ended.
    private func note(_ end: RunEnd, _ results: RunResults, of run: QueuedRun, took time: Duration) {
        count(end, results, took: time)
        var metadata = run.metadata(end.status.rawValue)
        if !results.layers.isEmpty {
            metadata["layers"] = "\(results.layers.count)"
            metadata["int8_layers"] = "\(results.layers.count { $0.decision == .int8 })"
        }
        switch end {
        case .published(let folder, let verdict):
            if let verdict { metadata["verdict"] = "\(verdict.rawValue)" }
            logger.info("published \(folder)", metadata: metadata)
        case .cached(let first, let folder):
            logger.info("published \(folder), the result of run \(first)", metadata: metadata)
        case .rejected(let message):
            metadata["verdict"] = "\(Verdict.failed.rawValue)"
            logger.warning("rejected: \(message)", metadata: metadata)
        case .failed(let message): logger.error("failed: \(message)", metadata: metadata)
        }
    }

    // MARK: Life

    /// Says that the loop goes round and that no one waits for a worker in vain; otherwise says nothing, and systemd starts
    /// the daemon anew.
    func pulse() {
        if !workers.isStuck { notifier.alive() }
    }

    // MARK: Failure

    /// Why the daemon cannot go on; nil while it can.
    func firstFailure() -> (any Error)? { failure }

    func attempt(_ body: () throws -> Void) {
        do {
            try body()
        } catch {
            fail(error)
        }
    }

    func fail(_ error: any Error) {
        guard failure == nil else { return }
        failure = error
        onFailure?()
    }

    private var onFailure: (@Sendable () -> Void)?

    /// Has this called once, when the daemon cannot go on.
    func whenFailing(_ body: @escaping @Sendable () -> Void) {
        onFailure = body
    }
}

extension QueuedRun {
    fileprivate var metadata: Logger.Metadata { ["model": "\(triple.name)", "run": "\(run)"] }

    /// The same with the kind of event.
    fileprivate func metadata(_ event: String) -> Logger.Metadata {
        metadata.merging(["event": "\(event)"]) { $1 }
    }
}

extension Watching.WatchMode {
    /// The ledger's word for it.
    fileprivate var recorded: Ledger.WatchMode {
        switch self {
        case .inotify: .inotify
        case .polling: .polling
        case .rootMissing: .degraded
        }
    }
}
