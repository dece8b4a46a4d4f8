import Assembling
import DequeModule
import Ledger
import Logging
import Provenance
import Publishing
import Requests
import Scheduling
import Settings
import SystemPackage
import Vocabulary
import Watching

/// Keeps everything going: hears what the watcher reports, lets the assembler say what is whole, and gives the workers
/// one run after the other.
///
/// It lives on the daemon's loop. The ledger and the folders it looks at may make that wait; whatever takes longer has a thread.
actor Foreman {
    var configuration: Configuration
    let ledger: LedgerWriter
    let publisher: Publisher
    var key: SigningKey?
    let requests: RequestFolder
    let workers: WorkerPool
    let environment: [String: String]
    let patience: Patience
    let clock = ContinuousClock()
    private let start: ContinuousClock.Instant
    let loop: EventLoop

    var assembler: Assembler
    var board: StatusBoard
    var open = OpenRequests()
    var metrics: MetricsFile
    /// Runs that wait for a worker, or to be tried again. Each model has one at most, so the models bound it.
    var queue = RunQueue()
    var running: [Int: Task<Void, Never>] = [:]
    private var alarm: Task<Void, Never>?
    /// What is to be looked at, in order. Each model stands here twice at most.
    var looks: Deque<Look> = []
    var looking: Task<Void, Never>?
    private var warming: Task<Void, Never>?
    /// Something was done since the daemon last rested.
    private var hasWorked = true
    private var failure: (any Error)?
    private(set) var isStopping = false
    /// The folder was looked at for the first time, and systemd knows.
    private(set) var isReady = false

    var logger: Logger { patience.logger }
    var notifier: ServiceNotifier { patience.notifier }

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    init(
        _ configuration: Configuration, ledger: LedgerWriter, publisher: Publisher, key: SigningKey?,
        requests: RequestFolder, workers: WorkerPool, environment: [String: String], patience: Patience,
        loop: EventLoop
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
        self.loop = loop
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
                logger.error("failed: \(message)", metadata: run.metadata(.failed))
                _ = assembler.handle(.known(run.triple.name, run.triple), at: now)
            } else {
                queue.append(run)
                _ = assembler.handle(.resumed(run.triple.name, run.triple), at: now)
            }
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
        let grace = begin { foreman in
            try? await foreman.loop.sleep(until: .now + .seconds(2))
            foreman.workers.close()
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
        // That the daemon stops is nobody's death.
        for run in queue.blocked { try ledger.pause(run.run.run) }
        try board.write(assembler.waiting, to: ledger)
        board.state.stopped = .now
        try ledger.setDaemon(board.state)
    }

    // MARK: What is heard

    /// Hears a batch of reports.
    ///
    /// - Throws: what makes it impossible to go on at all: a ledger that is damaged.
    func hear(_ reports: [WatchReport]) throws {
        if !isReady {
            notifier.stillStarting("listing \(configuration.models)", atMost: .seconds(90))
        }
        for report in reports {
            switch report {
            case .seen(let path, let identity): try handle(.seen(path, identity))
            case .gone(let path): try handle(.gone(path))
            case .folderGone(let path): try handle(.folderGone(path))
            case .scanning: try handle(.scanning)
            case .scanned:
                try handle(.scanned)
                try scanned()
                try takeRequests()
            case .mode(let mode): try changed(mode)
            case .missedEvents:
                metrics.page.missedEvents += 1
                logger.notice("events were missed, the folder is listed again", metadata: .of(.missedEvents))
            case .unreadable(let path, let errno):
                let reason = String(describing: errno).lowercased()
                logger.warning("cannot read \(path): \(reason)", metadata: .of(.unreadable))
            }
        }
        try afterwards()
    }

    private func scanned() throws {
        let isFirst = board.state.lastScan == nil
        board.state.lastScan = .now
        board.state.heartbeat = .now
        try patience { try ledger.setDaemon(board.state) }
        if isFirst {
            logger.info(
                "watching \(configuration.models), publishing to \(configuration.output)",
                metadata: .of(.started))
            becomeReady()
        }
        hasWorked = true
        rest()
    }

    private func changed(_ mode: Watching.WatchMode) throws {
        let before = board.state.watchClause
        board.state.watchMode = mode.recorded
        board.state.watchClause = mode == .inotify ? nil : mode.description
        try patience { try ledger.setDaemon(board.state) }
        if mode != .inotify {
            logger.warning("\(mode)", metadata: .of(.degraded))
        } else if before != nil {
            logger.notice("\(mode) again", metadata: .of(.recovered))
        }
        // Whoever waits for a service that waits for a mount may be the one who would mount it.
        if case .rootMissing = mode { becomeReady() }
    }

    private func becomeReady() {
        if !isReady { notifier.ready(statusLine) }
        isReady = true
    }

    func handle(_ event: AssemblyEvent) throws {
        try act(on: assembler.handle(event, at: now))
    }

    func act(on actions: [AssemblyAction]) throws {
        for action in actions {
            switch action {
            case .readSettings(let model, let file):
                looks.removeAll { $0.isSettings(of: model) }
                looks.append(.settings(model, file))
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

    // MARK: Time

    /// What the assembler and the status owe after every change.
    func afterwards() throws {
        try act(on: assembler.tick(now))
        try refuseRetries()
        startLooking()
        startRuns()
        warmUp()
        try writeBoard()
    }

    /// Has a worker started while a model settles: that takes some 30 ms, for which the model would wait otherwise.
    private func warmUp() {
        guard !isStopping, assembler.nextDeadline != nil, running.isEmpty, looking == nil, warming == nil else {
            return
        }
        warming = begin { foreman in
            try? await BlockingThreads.perform { [workers = foreman.workers] in workers.warmUp() }
            foreman.warming = nil
            foreman.hasWorked = true
            // Nothing may settle any more.
            foreman.startRuns()
        }
    }

    func writeBoard() throws {
        if try patience({ try board.writeIfDue(assembler.waiting, to: ledger, at: now) }), isReady {
            notifier.status(statusLine)
        }
        writeMetrics(waiting: board.waitingCount)
        setAlarm()
    }

    /// The line of `systemctl status`.
    var statusLine: String {
        let mode = board.state.watchClause ?? "watching \(configuration.models)"
        return "\(mode): \(queue.count) queued, \(running.count) running, \(board.waitingCount) waiting"
    }

    private func setAlarm() {
        alarm?.cancel()
        // Where no worker is free, a run whose time has come waits for one, not for the clock.
        let retry = running.count < configuration.workers ? queue.nextDue : nil
        let deadlines = [assembler.nextDeadline, board.nextWrite, metrics.nextWrite, retry]
        guard !isStopping, let deadline = deadlines.compactMap(\.self).min() else { return }
        alarm = begin { foreman in
            guard (try? await foreman.loop.sleep(until: foreman.start + deadline)) != nil else { return }
            foreman.attempt { try foreman.afterwards() }
        }
    }

    /// Begins something that waits in between, on the loop like all else.
    func begin(_ work: @escaping @Sendable (isolated Foreman) async -> Void) -> Task<Void, Never> {
        Task(executorPreference: loop) { await work(self) }
    }

    var now: Duration { clock.now - start }

    /// Whether there is nothing to do but to wait.
    var isIdle: Bool { running.isEmpty && !queue.hasFresh && looks.isEmpty }

    /// Notes that a model is blocked, and says so once for each reason: a disk that is full for days fills no log.
    func block(_ model: ModelName, _ message: String, _ metadata: Logger.Metadata, _ pause: Duration) {
        guard board.block(model, message) else { return }
        logger.warning("blocked, tried again in \(pause): \(message)", metadata: metadata)
    }

    /// Lets go of what a daemon does not need that has nothing to do but to wait, once behind each time that it had.
    func rest() {
        guard isIdle else {
            hasWorked = true
            return
        }
        guard hasWorked, assembler.nextDeadline == nil else { return }
        hasWorked = false
        workers.dismiss()
        SpareMemory.release()
    }

    // MARK: Doubt

    /// Has the watcher look at files again of which it was told nothing, but which are no longer what it said.
    func doubt(_ paths: [FilePath]) {
        for path in paths { onDoubt?(path) }
    }

    private var onDoubt: (@Sendable (FilePath) -> Void)?

    /// Has this called with the path of each file that is not what was last reported.
    func whenInDoubt(_ body: @escaping @Sendable (FilePath) -> Void) {
        onDoubt = body
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
    /// The facts of an event that is about it.
    func metadata(_ kind: EventKind) -> Logger.Metadata { .of(kind, triple.name, run: run) }
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
