import Assembling
import Ledger
import Logging
import Provenance
import Publishing
import Requests
import SystemPackage
import Vocabulary
import Watching

/// Keeps everything going: hears what the watcher reports, lets the assembler say what is whole, and gives the workers
/// one run after the other.
///
/// It lives on a thread of its own, since the ledger and the folders it looks at may make it wait.
actor Foreman {
    let configuration: Configuration
    let ledger: LedgerWriter
    let publisher: Publisher
    private let key: SigningKey?
    let requests: RequestFolder
    let workers = Workers(label: "quantd.workers")
    let logger: Logger
    private let notifier: ServiceNotifier
    private let clock = ContinuousClock()
    private let start: ContinuousClock.Instant
    private let executor = SerialQueueExecutor(label: "quantd.foreman")

    var assembler: Assembler
    var board: StatusBoard
    var open = OpenRequests()
    /// Runs that wait for a worker, the oldest first. Each model has one at most, so the models bound it.
    private var queue: [QueuedRun] = []
    private var running: [Int: Task<Void, Never>] = [:]
    private var alarm: Task<Void, Never>?
    private var failure: (any Error)?
    private let stop = StopFlag()
    private(set) var isStopping = false

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(
        _ configuration: Configuration, ledger: LedgerWriter, publisher: Publisher, key: SigningKey?,
        requests: RequestFolder, logger: Logger, notifier: ServiceNotifier
    ) {
        self.configuration = configuration
        self.ledger = ledger
        self.publisher = publisher
        self.key = key
        self.requests = requests
        self.logger = logger
        self.notifier = notifier
        start = clock.now
        assembler = Assembler(
            root: configuration.models,
            settings: Assembler.Settings(settle: configuration.settle, tableOptional: configuration.table == .optional))
        board = StatusBoard(configuration)
    }

    // MARK: Beginning and end

    /// Takes up what an earlier daemon left: knows what is done, queues again what was interrupted.
    func takeUp() throws {
        try ledger.setDaemon(board.state)
        for known in try ledger.knownTriples() {
            _ = assembler.handle(.known(known.triple.name, known.triple), at: now)
        }
        for run in try ledger.requeueInterrupted() {
            // The second death in the same run is no accident of the daemon's.
            if run.deaths >= 2 {
                try ledger.finish(run.run, .failed(message: "worker died: the daemon died in \(run.deaths) attempts"))
                logger.error("worker died", metadata: run.metadata)
            } else {
                queue.append(run)
            }
            _ = assembler.handle(.known(run.triple.name, run.triple), at: now)
        }
        startRuns()
    }

    /// Lets running work end where that is a matter of seconds, puts back what is not, and says goodbye.
    func finish() async throws {
        isStopping = true
        stop.set()
        alarm?.cancel()
        notifier.stopping()
        for task in running.values {
            task.cancel()
        }
        for task in Array(running.values) + Array(open.prunings.values) {
            await task.value
        }
        try board.write(assembler.waiting, to: ledger)
        board.state.stopped = .now
        try ledger.setDaemon(board.state)
    }

    // MARK: What is heard

    /// Hears a batch of reports.
    ///
    /// - Throws: what makes it impossible to go on at all: a ledger that is damaged.
    func hear(_ reports: [WatchReport]) throws {
        for report in reports {
            switch report {
            case .seen(let path, let identity):
                try hearSettings(at: path, areThere: true)
                try handle(.seen(path, identity))
            case .gone(let path):
                try hearSettings(at: path, areThere: false)
                try handle(.gone(path))
            case .folderGone(let path): try handle(.folderGone(path))
            case .scanning: try handle(.scanning)
            case .scanned:
                try handle(.scanned)
                try scanned()
                try takeRequests()
            case .mode(let mode): try changed(mode)
            case .missedEvents: logger.notice("events were missed, the folder is listed again")
            case .unreadable(let path, let errno):
                logger.warning("cannot read \(path): \(String(describing: errno).lowercased())")
            }
        }
        try afterwards()
    }

    /// A model's own settings can let it go on without a table, which the assembler has to know before it waits for one.
    private func hearSettings(at path: FilePath, areThere: Bool) throws {
        guard let model = assembler.model(ofSettingsAt: path) else { return }
        guard areThere else { return try handle(.tableOptional(model, nil)) }
        // Settings that cannot be read must not make the model wait for a table: its run fails and says why.
        let rule = (try? ModelSettings(path, over: configuration))?.table ?? .optional
        try handle(.tableOptional(model, rule == .optional))
    }

    private func scanned() throws {
        let isFirst = board.state.lastScan == nil
        board.state.lastScan = .now
        board.state.heartbeat = .now
        try ledger.setDaemon(board.state)
        if isFirst {
            logger.info("watching \(configuration.models), publishing to \(configuration.output)")
            notifier.ready("watching \(configuration.models)")
        }
    }

    private func changed(_ mode: Watching.WatchMode) throws {
        board.state.watchMode = mode.recorded
        board.state.watchClause = mode == .inotify ? nil : mode.description
        try ledger.setDaemon(board.state)
        if mode != .inotify { logger.warning("\(mode)") }
    }

    func handle(_ event: AssemblyEvent) throws {
        try act(on: assembler.handle(event, at: now))
    }

    private func act(on actions: [AssemblyAction]) throws {
        var open = actions[...]
        while let action = open.popFirst() {
            switch action {
            case .inspect(let triple):
                open += assembler.handle(.inspected(triple.name, triple, Inspector.inspect(triple)), at: now)
            case .start(let triple):
                queue.append(try enqueue(triple))
            case .refuse(let triple, let message):
                let number = try enqueue(triple).run
                try ledger.finish(number, .failed(message: message))
                logger.error("failed: \(message)", metadata: ["model": "\(triple.name)", "run": "\(number)"])
            }
        }
    }

    // MARK: Time

    /// What the assembler and the status owe after every change.
    func afterwards() throws {
        try act(on: assembler.tick(now))
        try refuseRetries()
        startRuns()
        if try board.writeIfDue(assembler.waiting, to: ledger, at: now) {
            notifier.status("\(queue.count) queued, \(running.count) running, \(assembler.waiting.count) waiting")
        }
        setAlarm()
    }

    private func setAlarm() {
        alarm?.cancel()
        guard !isStopping, let deadline = [assembler.nextDeadline, board.nextWrite].compactMap(\.self).min() else {
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

    private var now: Duration { clock.now - start }

    // MARK: Runs

    private func startRuns() {
        while !isStopping, running.count < configuration.workers, !queue.isEmpty {
            let next = queue.removeFirst()
            let run = Run(
                number: next.run, triple: next.triple, trigger: next.trigger, configuration: configuration,
                ledger: ledger, publisher: publisher, key: key, stop: stop)
            running[next.run] = Task { await self.see(run, through: next) }
        }
    }

    /// Makes attempts until the run has ended; a full disk only delays it.
    private func see(_ run: Run, through queued: QueuedRun) async {
        var pause = Duration.seconds(1)
        var isOver = false
        while !isOver, !Task.isCancelled {
            do {
                switch try await workers.perform({ try run.perform() }) {
                case .ended(let end):
                    log(end, of: queued)
                    isOver = true
                case .unchanged:
                    try ledger.drop(queued.run, message: "the same bytes and settings as the model's latest run")
                    isOver = true
                case .changed(let path):
                    try ledger.drop(
                        queued.run, message: "\(path.lastComponent?.string ?? "") changed while it was read")
                    logger.info("changed while it was read, assembled again", metadata: queued.metadata)
                    isOver = true
                case .stopped:
                    try ledger.pause(queued.run)
                    logger.info("put back, to be done at the next start", metadata: queued.metadata)
                    isOver = true
                case .blocked(let message):
                    logger.warning("blocked, tried again in \(pause): \(message)", metadata: queued.metadata)
                    board.block(queued.triple.name, message)
                    attempt { try afterwards() }
                    try? await clock.sleep(for: pause)
                    pause = min(pause * 2, .seconds(60))
                }
            } catch {
                fail(error)
                isOver = true
            }
        }
        if !isOver {
            // Stopped while it was blocked: that is nobody's death.
            attempt { try ledger.pause(queued.run) }
        }
        board.unblock(queued.triple.name)
        running[queued.run] = nil
        attempt {
            if isOver { try handle(.finished(queued.triple.name)) }
            try afterwards()
        }
    }

    private func log(_ end: RunEnd, of run: QueuedRun) {
        switch end {
        case .published(let folder, _): logger.info("published \(folder)", metadata: run.metadata)
        case .cached(let first, let folder):
            logger.info("published \(folder), the result of run \(first)", metadata: run.metadata)
        case .rejected(let message): logger.warning("rejected: \(message)", metadata: run.metadata)
        case .failed(let message): logger.error("failed: \(message)", metadata: run.metadata)
        }
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
