import Glibc
import SystemPackage

/// A thread that belongs to nobody: it ends when its work does.
///
/// Not a task, because the work blocks in `poll` and `readdir`, which would hold a thread of Swift's small pool.
enum WatchThread {
    /// As `top -H` and `ps -L` show it; the kernel takes 15 bytes.
    static let name = "quantd-watch"

    static func start(_ work: @escaping @Sendable () -> Void) throws(Errno) {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setdetachstate(&attributes, CInt(PTHREAD_CREATE_DETACHED))
        let box = Unmanaged.passRetained(Box(work))
        var thread = pthread_t()
        let result = pthread_create(
            &thread, &attributes,
            { argument in
                guard let argument else { return nil }
                WatchThread.nameThisThread()
                Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().work()
                return nil
            }, box.toOpaque())
        guard result == 0 else {
            box.release()
            throw Errno(rawValue: result)
        }
    }

    /// Swift sees no `pthread_setname_np`; this file is the same by another way. A thread without a name does its work too.
    private static func nameThisThread() {
        let file = try? FileDescriptor.open("/proc/thread-self/comm", .writeOnly, options: .closeOnExec)
        _ = try? file?.closeAfter { try file?.writeAll(name.utf8) }
    }

    private final class Box: Sendable {
        let work: @Sendable () -> Void

        init(_ work: @escaping @Sendable () -> Void) { self.work = work }
    }
}
