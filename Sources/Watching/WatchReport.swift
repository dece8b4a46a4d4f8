public import SystemPackage
public import Vocabulary

/// What a `FolderWatcher` says about its folder. All paths begin with the watched root as it was given.
///
/// Each report tells what stood there when the watcher looked, not what happened: a file written a hundred times may be
/// seen once, one moved twice only where it came to rest.
public enum WatchReport: Hashable, Sendable {
    /// A regular file stands here in this state. Said again whenever the file changes, and in every full listing.
    case seen(FilePath, FileIdentity)
    /// No regular file stands here, whether or not one ever did.
    case gone(FilePath)
    /// This folder is gone, and all that was below it.
    case folderGone(FilePath)
    /// A full listing begins. Where it begins again before it has ended, the later one counts.
    case scanning
    /// The full listing ended: every file there is has been `seen` since `scanning`.
    case scanned
    /// How the folder is watched from now on. Said once for each change.
    case mode(WatchMode)
    /// Changes were missed, because the kernel's queue or the queue to the reader was full. A full listing follows.
    case missedEvents
    /// A folder could not be listed, so nothing is known of what lies in it. It is tried again with every full listing,
    /// and said again only when the reason changes.
    case unreadable(FilePath, Errno)
}
