public import SystemPackage

/// Why watching could not begin at all. Whatever happens later is a `WatchReport`.
public enum WatchError: Error, Hashable, CustomStringConvertible {
    /// The pair of sockets that wakes the watching thread could not be made.
    case noWakeUp(root: FilePath, Errno)
    /// The watching thread could not be made.
    case noThread(root: FilePath, Errno)

    public var description: String {
        switch self {
        case .noWakeUp(let root, let errno): "cannot watch \(root): no socket pair to be had (\(errno))"
        case .noThread(let root, let errno): "cannot watch \(root): no thread to be had (\(errno))"
        }
    }
}
