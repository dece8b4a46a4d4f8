import Glibc

/// The journal's own socket.
final class JournalSocket: Sendable {
    private let descriptor: CInt

    /// Connects where standard error leads to the journal, which `JOURNAL_STREAM` says as device and inode
    /// (systemd.exec(5)); nil elsewhere, as when someone redirected it.
    init?(stream: String?, path: String = "/run/systemd/journal/socket") {
        var status = stat()
        guard let stream, fstat(STDERR_FILENO, &status) == 0, stream == "\(status.st_dev):\(status.st_ino)" else {
            return nil
        }
        let descriptor = socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
        let isConnected = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
        guard isConnected else {
            close(descriptor)
            return nil
        }
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// - Returns: Whether the journal took it.
    func send(_ datagram: [UInt8]) -> Bool {
        Glibc.send(descriptor, datagram, datagram.count, CInt(MSG_NOSIGNAL)) == datagram.count
    }
}
