import Glibc

/// The journal's own socket.
final class JournalSocket: Sendable {
    /// What became of a datagram.
    enum Delivery {
        case taken
        /// The journal is behind: whoever waited for it would stand still with it.
        case busy
        /// There is no journal, or it does not take this one.
        case refused
    }

    private let descriptor: CInt
    private let path: String

    /// Where standard error leads to the journal, which `JOURNAL_STREAM` says as device and inode (systemd.exec(5)); nil
    /// elsewhere, as when someone redirected it.
    convenience init?(stream: String?) {
        var status = stat()
        guard let stream, fstat(STDERR_FILENO, &status) == 0, stream == "\(status.st_dev):\(status.st_ino)" else {
            return nil
        }
        self.init(path: "/run/systemd/journal/socket")
    }

    /// The socket at a path; nil where this process cannot have one.
    init?(path: String) {
        let kind = CInt(SOCK_DGRAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue)
        descriptor = socket(AF_UNIX, kind, 0)
        self.path = path
        guard descriptor >= 0 else { return nil }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Hands over a datagram, and never waits. The path is looked up each time, so that a journal which was started anew is
    /// found again.
    func send(_ datagram: [UInt8]) -> Delivery {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
        let flags = CInt(MSG_NOSIGNAL) | CInt(MSG_DONTWAIT)
        let count = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                sendto(
                    descriptor, datagram, datagram.count, flags, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        if count == datagram.count { return .taken }
        return errno == EAGAIN || errno == ENOBUFS ? .busy : .refused
    }
}
