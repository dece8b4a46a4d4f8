import Glibc
public import SystemPackage

/// A thread that belongs to nobody: it ends when its work does.
///
/// Not a task, because the work waits in the kernel, which would hold up whatever else runs on a shared thread.
public enum OwnThread {
    /// Starts one.
    ///
    /// - Parameter name: as `top -H` and `ps -L` show it; the kernel takes 15 bytes.
    /// - Throws: `Errno` where there may be no further thread.
    public static func start(_ name: String, _ work: @escaping @Sendable () -> Void) throws(Errno) {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setdetachstate(&attributes, CInt(PTHREAD_CREATE_DETACHED))
        let box = Unmanaged.passRetained(
            Box {
                nameThisThread(name)
                work()
            })
        var thread = pthread_t()
        let result = pthread_create(
            &thread, &attributes,
            { argument in
                guard let argument else { return nil }
                Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().work()
                return nil
            }, box.toOpaque())
        guard result == 0 else {
            box.release()
            throw Errno(rawValue: result)
        }
    }

    /// Swift sees no `pthread_setname_np`; this file is the same by another way. A thread without a name does its work too.
    private static func nameThisThread(_ name: String) {
        let file = try? FileDescriptor.open("/proc/thread-self/comm", .writeOnly, options: .closeOnExec)
        _ = try? file?.closeAfter { try file?.writeAll(name.utf8) }
    }

    private final class Box: Sendable {
        let work: @Sendable () -> Void

        init(_ work: @escaping @Sendable () -> Void) { self.work = work }
    }
}
