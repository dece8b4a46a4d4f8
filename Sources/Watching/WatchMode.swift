public import SystemPackage

/// How a folder is watched; the description is a lower-case clause for people.
public enum WatchMode: Hashable, Sendable, CustomStringConvertible {
    /// The kernel tells of each change.
    case inotify
    /// The folder is listed again and again.
    case polling(PollingReason)
    /// There is no folder to watch. This says nothing about the files that were in it: nothing is reported as gone.
    case rootMissing(Errno)

    public var description: String {
        switch self {
        case .inotify: "watching through inotify"
        case .polling(let reason): "polling, since \(reason)"
        case .rootMissing(let errno): "waiting for the watched folder (\(errno))"
        }
    }
}

/// Why a folder is polled.
public enum PollingReason: Hashable, Sendable, CustomStringConvertible {
    /// `inotify_add_watch` said ENOSPC (or ENOMEM) after this many folders. The disk is not full.
    case watchLimit(folders: Int)
    /// `inotify_init1` said EMFILE.
    case instanceLimit
    /// inotify cannot be had for another reason.
    case noInotify(Errno)
    /// The file system does not tell this machine of changes made by another one.
    case networkFileSystem(String)

    public var description: String {
        switch self {
        case .watchLimit(let folders):
            "the user's inotify watches ran out after \(folders) folders; raise sysctl fs.inotify.max_user_watches"
        case .instanceLimit:
            "the user's inotify instances ran out; raise sysctl fs.inotify.max_user_instances "
                + "(or the limit of open files)"
        case .noInotify(let errno): "inotify cannot be used (\(errno))"
        case .networkFileSystem(let name): "\(name) does not tell inotify of changes made elsewhere"
        }
    }
}
