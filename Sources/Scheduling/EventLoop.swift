import DequeModule
import Glibc
import Synchronization
public import SystemPackage

/// One thread that runs tasks and an actor, and sleeps while none of them has anything to do.
///
/// Swift would run them in libdispatch's pool. Once that has had a thread, it counts its threads each second for as long as the
/// process lives (`_dispatch_workq_monitor_pools` in its workqueue.c), and a daemon that watches a folder for days would wake each
/// second for nothing. So the daemon keeps away from it: what it does in turn is done here, and what waits for the disk or a worker
/// has a thread of its own. That takes `Task(executorPreference:)` and the loop's own `sleep`: a plain `Task { }`, even an
/// actor's, leaves for the pool where it calls what belongs to no actor, and so does `Task.sleep`.
public final class EventLoop: SerialExecutor, TaskExecutor {
    private struct State {
        var jobs: Deque<UnownedJob> = []
        var sleepers = Sleepers<CheckedContinuation<Void, any Error>>()
        /// The work has ended, with this.
        var outcome: Result<Void, any Error>?
        /// The thread waits, or is about to, and has to be told of what is new.
        var isWaiting = false
    }

    private let state = Mutex(State())
    private let pipe: WakePipe

    /// A loop that nobody runs yet; what it is given meanwhile waits.
    ///
    /// - Throws: `Errno` where there may be no further descriptors.
    public init() throws(Errno) { pipe = try WakePipe() }

    /// Does the work on this thread, and all else that the loop is given, until the work has ended. Once only.
    ///
    /// - Throws: what the work throws.
    public func run(_ work: @escaping @Sendable () async throws -> Void) throws {
        Task(executorPreference: self) {
            do {
                try await work()
                self.change { $0.outcome = .success(()) }
            } catch {
                self.change { $0.outcome = .failure(error) }
            }
        }
        while true {
            switch nextTurn() {
            case .job(let job):
                job.runSynchronously(isolatedTo: asUnownedSerialExecutor(), taskExecutor: asUnownedTaskExecutor())
            case .wake(let sleeper): sleeper.resume()
            case .wait(let time): wait(until: time)
            case .end(let outcome): return try outcome.get()
            }
        }
    }

    /// Waits until that moment, and keeps no thread meanwhile.
    ///
    /// - Throws: `CancellationError` where the task is cancelled before.
    public func sleep(until time: ContinuousClock.Instant) async throws {
        let id = state.withLock { $0.sleepers.newID(for: time) }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                // Looked at behind the lock: a cancellation that found no sleeper is seen here.
                let isCancelled = change { state in
                    if Task.isCancelled { return true }
                    state.sleepers.insert(continuation, id)
                    return false
                }
                if isCancelled { continuation.resume(throwing: CancellationError()) }
            }
        } onCancel: {
            state.withLock { $0.sleepers.remove(id) }?.resume(throwing: CancellationError())
        }
    }

    // MARK: What Swift asks of an executor

    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        change { $0.jobs.append(job) }
    }

    // MARK: Turns

    private enum Turn {
        case job(UnownedJob)
        case wake(CheckedContinuation<Void, any Error>)
        case wait(until: ContinuousClock.Instant?)
        case end(Result<Void, any Error>)
    }

    private func nextTurn() -> Turn {
        state.withLock { state in
            state.isWaiting = false
            if let outcome = state.outcome { return .end(outcome) }
            if let sleeper = state.sleepers.popDue(at: .now) { return .wake(sleeper) }
            if let job = state.jobs.popFirst() { return .job(job) }
            state.isWaiting = true
            return .wait(until: state.sleepers.next)
        }
    }

    /// Waits by a clock that nobody sets: a semaphore would wait by the calendar's.
    private func wait(until time: ContinuousClock.Instant?) {
        var descriptor = pollfd(fd: pipe.readEnd, events: Int16(POLLIN), revents: 0)
        // One that is interrupted is a short wait.
        _ = poll(&descriptor, 1, time.map { max(.zero, $0 - .now).pollTimeout } ?? -1)
        if descriptor.revents != 0 { pipe.reset() }
    }

    /// Changes the state and wakes the thread where it waits.
    private func change<Value>(_ body: (inout State) -> Value) -> Value {
        let (value, wasWaiting) = state.withLock { state in
            let value = body(&state)
            defer { state.isWaiting = false }
            return (value, state.isWaiting)
        }
        if wasWaiting { pipe.wake() }
        return value
    }
}
