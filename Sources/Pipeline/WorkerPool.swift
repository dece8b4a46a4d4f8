import Synchronization

/// Workers that wait for work, kept alive from one to the next.
///
/// Whoever lends bounds how many there are: a worker is started when none is idle.
final class WorkerPool: Sendable {
    private struct State {
        var idle: [WorkerProcess] = []
        var busy: [ObjectIdentifier: WorkerProcess] = [:]
        var isClosed = false
        var command: WorkerCommand
    }

    private let state: Mutex<State>

    init(_ command: WorkerCommand) {
        state = Mutex(State(command: command))
    }

    /// Starts workers in another way from now on.
    func change(to command: WorkerCommand) {
        state.withLock { state in
            state.command = command
            state.idle = []
        }
    }

    /// A worker that gives no answer should have been given up by now: who waits for it hangs.
    var isStuck: Bool {
        state.withLock { $0.busy.values.contains(where: \.isOverdue) }
    }

    /// Lends a worker for as long as `body` takes. One that failed is not lent again.
    ///
    /// - Throws: `WorkerFailure`, `CancellationError` once the pool is closed, and what `body` throws.
    func lend<Value>(_ body: (WorkerProcess) throws -> Value) throws -> Value {
        let (idle, command) = state.withLock { ($0.idle.popLast(), $0.command) }
        let worker = try idle ?? WorkerProcess(command)
        let id = ObjectIdentifier(worker)
        try state.withLock { state in
            if state.isClosed { throw CancellationError() }
            state.busy[id] = worker
        }
        var isFit = true
        defer {
            state.withLock { state in
                state.busy[id] = nil
                if isFit && !state.isClosed { state.idle.append(worker) }
            }
        }
        do {
            return try body(worker)
        } catch let failure as WorkerFailure {
            isFit = false
            if state.withLock(\.isClosed) { throw CancellationError() }
            throw failure
        }
    }

    /// Starts a worker where there is none at all, so that whoever needs one next need not wait for it. Where it cannot be
    /// started nobody is told: whoever needs it will be.
    func warmUp() {
        let command = state.withLock { state in
            state.isClosed || !state.idle.isEmpty || !state.busy.isEmpty ? nil : state.command
        }
        guard let command, let worker = try? WorkerProcess(command) else { return }
        state.withLock { state in
            if !state.isClosed { state.idle.append(worker) }
        }
    }

    /// Ends the workers that have nothing to do.
    func dismiss() {
        state.withLock { $0.idle = [] }
    }

    /// Ends all workers, those at work too, and starts no more.
    func close() {
        let busy = state.withLock { state in
            state.isClosed = true
            state.idle = []
            return state.busy.values
        }
        for worker in busy { worker.kill() }
    }
}
