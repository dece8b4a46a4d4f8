import Glibc
import Scheduling
import SystemPackage

/// The work of the watching thread: take events, look, list, report. Lives on that thread alone.
///
/// Events are hints. Whatever one says, the answer is to look what stands at its path now. That is right because a path
/// below a watched folder cannot change without another event; and where it can (mounts, lost events, network file
/// systems) the full listing puts it right.
final class WatchLoop {
    /// How the tree is followed.
    enum Access {
        /// Nothing is held: at the start, and while the root is missing.
        case closed
        case inotify(Inotify)
        /// Full listings alone. Another attempt with inotify is due at the given time.
        case polling(PollingReason, retry: ContinuousClock.Instant)
    }

    /// A full listing on its way.
    struct Scan {
        /// Nothing was missed so far: at the end all that is there has been reported.
        var isComplete = true
        /// Events that came while it ran were taken after the last folder had been listed.
        var isDrained = false
    }

    /// A folder to be watched and listed.
    struct Visit {
        /// nil for the root.
        var place: (parent: FolderTree.ID, name: FilePath.Component)?
        /// Part of a full listing: folders that are known are listed too.
        var isFull: Bool
    }

    /// A folder that is being listed, a piece at a time.
    struct Listing {
        let id: FolderTree.ID
        let folder: OpenFolder
        let isFull: Bool
        var found: Set<FilePath.Component> = []
        /// Every name could be looked at.
        var isReadable = true
    }

    /// How many names are read between two looks at the event queue.
    static let listingPiece = 256

    let root: FilePath
    let excluded: ExcludedFolders
    let timing: WatchTiming
    let kernel: Kernel
    private let orders: WatchOrders
    private let queue: ReportQueue

    var access = Access.closed
    var tree = FolderTree()
    /// The root without symbolic links, as of the last full listing.
    var resolvedRoot: FilePath?
    /// Devices whose file system was found to be a local one.
    var localDevices: Set<UInt64> = []
    /// Folders that could not be listed, and whether the current full listing has met them.
    var unreadable: [FilePath: (errno: Errno, isMet: Bool)] = [:]
    var visits: [Visit] = []
    var listing: Listing?
    var scan: Scan?
    var isScanWanted = true
    var nextScan: ContinuousClock.Instant = .now
    var rootRetry: Duration
    private var mode: WatchMode?
    private var hasSaidMissed = false
    private var unsent: [WatchReport] = []

    init(
        root: FilePath, excluding: [FilePath], timing: WatchTiming, orders: WatchOrders, queue: ReportQueue,
        kernel: Kernel
    ) {
        self.root = root
        excluded = ExcludedFolders(excluding)
        self.timing = timing
        self.kernel = kernel
        self.orders = orders
        self.queue = queue
        rootRetry = timing.rootRetry
    }

    /// Works until it is ordered to stop; no descriptor is left open then.
    func run() {
        defer { closeTree() }
        while true {
            let orders = orders.take()
            if orders.isStopped { return }
            if orders.isRescanWanted { isScanWanted = true }
            take(orders.events)
            for path in orders.looks { look(again: path) }
            if orders.isPaused {
                wait(for: nil, isPaused: true)
                continue
            }
            work()
            send()
            if wait(for: patience, isPaused: false), case .inotify(let inotify) = access {
                take(inotify.read())
                send()
            }
        }
    }

    // MARK: Reports

    func report(_ report: WatchReport) {
        unsent.append(report)
    }

    func report(mode new: WatchMode) {
        // The count of folders varies from one attempt to the next; that is no news.
        if case .polling(.watchLimit) = mode, case .polling(.watchLimit) = new { return }
        guard new != mode else { return }
        mode = new
        report(.mode(new))
    }

    /// Events were lost, so nothing but a full listing helps, and a full listing on its way does not tell the truth.
    func miss() {
        isScanWanted = true
        scan?.isComplete = false
        guard !hasSaidMissed else { return }
        hasSaidMissed = true
        report(.missedEvents)
    }

    private func send() {
        queue.put(unsent)
        unsent.removeAll(keepingCapacity: true)
    }

    // MARK: Turns

    /// Does the next piece of work, unless the reader is behind.
    private func work() {
        guard isBusy || isScanDue, queue.hasRoom() else { return }
        if isBusy {
            step()
        } else {
            hasSaidMissed = false
            beginScan()
        }
    }

    /// Whether the reader keeps up.
    var hasRoom: Bool { queue.hasRoom() }

    private var isBusy: Bool { listing != nil || !visits.isEmpty || scan != nil }

    private var isScanDue: Bool { isScanWanted || nextScan <= .now }

    private func take(_ events: [InotifyEvent]) {
        guard !events.isEmpty else { return }
        if queue.hasRoom() {
            answer(events)
        } else {
            miss()
        }
    }

    /// How long there is nothing to do but to wait for events; nil for ever.
    private var patience: Duration? {
        guard isBusy || isScanDue else { return max(.zero, nextScan - .now) }
        // Without room the reader wakes us when it has made some.
        return queue.hasRoom() ? .zero : nil
    }

    /// Waits for events and orders, and returns whether there are events to read.
    @discardableResult
    private func wait(for time: Duration?, isPaused: Bool) -> Bool {
        var descriptors = [pollfd(fd: orders.pipe.readEnd, events: Int16(POLLIN), revents: 0)]
        if case .inotify(let inotify) = access, !isPaused {
            descriptors.append(pollfd(fd: inotify.descriptor, events: Int16(POLLIN), revents: 0))
        }
        // An interrupted wait is a short one.
        _ = poll(&descriptors, nfds_t(descriptors.count), time?.pollTimeout ?? -1)
        let hasOrders = descriptors[0].revents != 0
        if hasOrders { orders.pipe.reset() }
        let hasEvents = descriptors.count > 1 && descriptors[1].revents != 0
        if hasEvents, !hasOrders, time != .zero {
            // More is likely to follow at once, and a file written in pieces is looked at once for all of them.
            _ = poll(&descriptors, 1, timing.gather.pollTimeout)
        }
        return hasEvents
    }
}
