import Synchronization

/// The reports on their way from the watching thread to their reader.
///
/// The thread never waits here: it asks for room before it looks at anything, and is woken when the reader has made
/// some. The queue so holds at most its capacity and what came of one look more.
final class ReportQueue: Sendable {
    private struct State {
        var pending: [WatchReport] = []
        var readers: [CheckedContinuation<[WatchReport]?, Never>] = []
        var isFinished = false
        var isRoomAwaited = false

        mutating func answer(_ reader: CheckedContinuation<[WatchReport]?, Never>) -> (Answer, wasFull: Bool) {
            guard pending.isEmpty else {
                defer {
                    pending = []
                    isRoomAwaited = false
                }
                return (.reports(pending), isRoomAwaited)
            }
            guard !isFinished else { return (.finished, false) }
            readers.append(reader)
            return (.wait, false)
        }
    }

    private enum Answer {
        case reports([WatchReport])
        case finished
        case wait
    }

    private let state = Mutex(State())
    private let capacity: Int
    private let wakeWriter: @Sendable () -> Void

    init(capacity: Int, wakeWriter: @escaping @Sendable () -> Void) {
        self.capacity = capacity
        self.wakeWriter = wakeWriter
    }

    /// Whether there is room. Where there is none, the writer is woken as soon as there is.
    func hasRoom() -> Bool {
        state.withLock { state in
            state.isRoomAwaited = state.pending.count >= capacity
            return !state.isRoomAwaited
        }
    }

    func put(_ reports: [WatchReport]) {
        let reader = state.withLock { state -> CheckedContinuation<[WatchReport]?, Never>? in
            guard !state.isFinished, !reports.isEmpty else { return nil }
            guard state.readers.isEmpty else { return state.readers.removeFirst() }
            state.pending += reports
            return nil
        }
        reader?.resume(returning: reports)
    }

    /// All reports there are, as soon as there are any; nil when there will be no more.
    func take() async -> [WatchReport]? {
        await withCheckedContinuation { reader in
            let (answer, wasFull) = state.withLock { $0.answer(reader) }
            if wasFull { wakeWriter() }
            switch answer {
            case .reports(let reports): reader.resume(returning: reports)
            case .finished: reader.resume(returning: nil)
            case .wait: break
            }
        }
    }

    /// No report will follow. What is pending can still be taken.
    func finish() {
        let readers = state.withLock { state in
            state.isFinished = true
            defer { state.readers = [] }
            return state.readers
        }
        for reader in readers {
            reader.resume(returning: nil)
        }
    }
}
