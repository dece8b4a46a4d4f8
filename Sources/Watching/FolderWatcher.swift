import Glibc
import Scheduling
public import SystemPackage

/// Watches a folder and all folders below it, and reports what stands in them.
///
/// A thread of its own takes events from inotify, looks what stands there now, and lists folders: at the start, when
/// events were lost, on `rescan`, and on a slow timer. It never waits for the reader of the reports. Where the reader
/// falls behind by more than the capacity, reports are dropped, `missedEvents` says so, and a full listing follows as
/// soon as there is room.
///
/// Symbolic links to folders are not followed. Those to files are where the file lies below the root; a change of that
/// file shows under the link's name with the next full listing. Hidden names, names of unfinished files (`*.part` and
/// the like) and the excluded folders are not reported.
public final class FolderWatcher: Sendable {
    /// Batches of reports, for one reader. The stream ends after `stop`, when the descriptors are closed, or when the
    /// reading task is cancelled, which stops the watcher too.
    public let reports: AsyncStream<[WatchReport]>
    private let orders: WatchOrders

    /// Begins to watch. The root need not be there yet. `capacity` is how many reports may wait for their reader.
    public convenience init(
        root: FilePath, excluding: [FilePath] = [], timing: WatchTiming = WatchTiming(), capacity: Int = 16_384
    ) throws(WatchError) {
        try self.init(root: root, excluding: excluding, timing: timing, capacity: capacity, kernel: Kernel())
    }

    init(
        root: FilePath, excluding: [FilePath], timing: WatchTiming, capacity: Int, kernel: Kernel
    ) throws(WatchError) {
        let pipe: WakePipe
        do {
            pipe = try WakePipe()
        } catch {
            throw .noWakeUp(root: root, error)
        }
        let orders = WatchOrders(pipe)
        let queue = ReportQueue(capacity: capacity) { pipe.wake() }
        self.orders = orders
        reports = AsyncStream {
            await queue.take()
        } onCancel: {
            queue.finish()
            orders.change { $0.isStopped = true }
        }
        do {
            try OwnThread.start("quantd-watch") {
                let loop = WatchLoop(
                    root: root, excluding: excluding, timing: timing, orders: orders, queue: queue, kernel: kernel)
                loop.run()
                queue.finish()
            }
        } catch {
            throw .noThread(root: root, error)
        }
    }

    deinit { stop() }

    /// Lists everything again soon.
    public func rescan() {
        orders.change { $0.isRescanWanted = true }
    }

    /// Looks again at a file or folder that was found to be another than was last reported, which happens without an event
    /// where it has a second name elsewhere.
    public func look(at path: FilePath) {
        orders.change { $0.looks.append(path) }
    }

    /// Ends the watching and returns at once; the end of `reports` tells that it has ended.
    public func stop() {
        orders.change { $0.isStopped = true }
    }
}

// MARK: - For tests

extension FolderWatcher {
    func pause() { orders.change { $0.isPaused = true } }

    func resume() { orders.change { $0.isPaused = false } }

    func inject(_ event: InotifyEvent) { orders.change { $0.events.append(event) } }

    /// The descriptor of the pipe that wakes the thread.
    var wakeDescriptor: CInt { orders.pipe.readEnd }
}
