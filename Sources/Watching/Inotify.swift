import Glibc
import SystemPackage

/// The owner of an inotify descriptor.
final class Inotify {
    let descriptor: CInt
    private let kernel: Kernel
    /// Room for a full queue (fs.inotify.max_queued_events, 16384) of short names.
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 512 * 1024, alignment: 8)

    init(_ kernel: Kernel) throws(Errno) {
        self.kernel = kernel
        descriptor = kernel.openInotify()
        guard descriptor >= 0 else { throw Errno(rawValue: errno) }
    }

    deinit {
        close(descriptor)
        buffer.deallocate()
    }

    /// Watches an open folder. A folder that has a watch keeps it, and its descriptor is returned.
    func watch(_ folder: OpenFolder) throws(Errno) -> FolderTree.ID {
        let watch = kernel.addWatch(descriptor, folder.descriptor)
        guard watch >= 0 else { throw Errno(rawValue: errno) }
        return watch
    }

    /// Ends a watch; one that the kernel has ended before is no matter.
    func unwatch(_ watch: FolderTree.ID) {
        guard watch >= 0 else { return }
        inotify_rm_watch(descriptor, watch)
    }

    /// The events that wait now.
    func read() -> [InotifyEvent] {
        let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
        guard count > 0 else { return [] }
        return InotifyEvent.decode(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
    }
}

/// The calls whose answers depend on the machine's limits and disks, so that tests can play another machine. Each
/// returns what the system call returns and leaves its error in `errno`.
struct Kernel: Sendable {
    var openInotify: @Sendable () -> CInt = { inotify_init1(CInt(IN_NONBLOCK) | CInt(IN_CLOEXEC)) }

    /// Watches a folder by its descriptor: by path it might be another one than the one that will be listed.
    var addWatch: @Sendable (_ inotify: CInt, _ folder: CInt) -> CInt = { inotify, folder in
        inotify_add_watch(inotify, "/proc/self/fd/\(folder)", EventMask.asked.rawValue)
    }

    /// The mounted file systems.
    var mounts: @Sendable () -> Mounts = { .current() }
}
