import Glibc
import Synchronization

/// Tells systemd how the service is, in the protocol of sd_notify(3): one datagram of `KEY=value` lines.
///
/// Without a `NOTIFY_SOCKET` it says nothing, which is how every other start of the daemon is.
public final class ServiceNotifier: Sendable {
    private let socketPath: String?
    /// How often systemd wants to hear that the daemon is alive, at the least; nil where it does not.
    let watchdog: Duration?
    /// The status line as systemd has it.
    private let told = Mutex("")

    /// Takes what it needs from the environment, once: the environment is not safe to read later.
    public init(environment: [String: String]) {
        socketPath = environment["NOTIFY_SOCKET"].flatMap { $0.hasPrefix("/") || $0.hasPrefix("@") ? $0 : nil }
        // sd_watchdog_enabled(3): the variables may be meant for another process.
        let isMeant = environment["WATCHDOG_PID"].map { $0 == "\(getpid())" } ?? true
        let microseconds = environment["WATCHDOG_USEC"].flatMap(Int64.init).flatMap { $0 > 0 ? $0 : nil }
        watchdog = isMeant ? microseconds.map { .microseconds($0) } : nil
    }

    /// The folder was looked at, what arrives from now on is seen; or the configuration was read again.
    public func ready(_ status: String) { send("READY=1", status) }

    /// A line for `systemctl status`, sent where it is another one.
    public func status(_ status: String) {
        if told.withLock({ $0 != status }) { send(nil, status) }
    }

    /// The configuration is being read again; `ready` ends that.
    public func reloading() {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        send("RELOADING=1\nMONOTONIC_USEC=\(now.tv_sec * 1_000_000 + now.tv_nsec / 1000)")
    }

    /// The start goes on; systemd is to wait for `ready` so much longer from now.
    public func stillStarting(_ status: String, atMost time: Duration) {
        send("EXTEND_TIMEOUT_USEC=\(time.components.seconds * 1_000_000)", status)
    }

    /// The loop that does the work goes round.
    public func alive() { send("WATCHDOG=1") }

    /// The service has begun to stop.
    public func stopping() { send("STOPPING=1") }

    private func send(_ line: String?, _ status: String) {
        told.withLock { $0 = status }
        send((line.map { $0 + "\n" } ?? "") + "STATUS=\(status)")
    }

    private func send(_ message: String) {
        guard let socketPath else { return }
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        // An abstract name begins with a zero byte, which systemd writes as @.
        var name = Array(socketPath.utf8)
        if name.first == UInt8(ascii: "@") { name[0] = 0 }
        guard name.count < MemoryLayout.size(ofValue: address.sun_path) else { return }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
        let length = socklen_t(MemoryLayout<sockaddr_un>.offset(of: \.sun_path).map { $0 + name.count } ?? 0)
        // Whether the manager takes it is its own affair: the daemon works all the same, and waits for it no longer than this.
        var limit = timeval(tv_sec: 5, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        _ = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                message.withCString {
                    sendto(
                        descriptor, $0, strlen($0), Int32(MSG_NOSIGNAL), address, length)
                }
            }
        }
    }
}
