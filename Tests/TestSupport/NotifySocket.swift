import Dispatch
import Glibc
import Synchronization
public import SystemPackage

/// The end of sd_notify(3) that systemd has: it takes what comes at once, so that nobody waits for it.
public final class NotifySocket: Sendable {
    public let path: FilePath
    private let descriptor: CInt
    private let messages = Mutex<[String]>([])

    /// All messages so far.
    public var heard: [String] { messages.withLock { $0 } }

    public init(in folder: FilePath) throws {
        path = folder.appending("notify")
        descriptor = socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let name = path.string
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name.utf8) }
        let isBound = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
        guard isBound else { throw Errno(rawValue: errno) }
        DispatchQueue(label: "notify").async { [weak self, descriptor] in
            var bytes = [UInt8](repeating: 0, count: 4096)
            while true {
                let count = recv(descriptor, &bytes, bytes.count, 0)
                guard count > 0, let self else { break }
                self.messages.withLock { $0.append(String(decoding: bytes[..<count], as: UTF8.self)) }
            }
            Glibc.close(descriptor)
        }
    }

    struct NotHeard: Error, CustomStringConvertible {
        let description: String
    }

    deinit { shutdown(descriptor, CInt(SHUT_RDWR)) }

    /// Waits for a message with a line that begins so, behind the first `count` messages.
    ///
    /// - Returns: The message and how many there were with it.
    public func message(_ line: String, after count: Int = 0) async throws -> (text: String, count: Int) {
        let deadline = ContinuousClock.now + .seconds(400)
        while ContinuousClock.now < deadline {
            let heard = heard
            let found = heard.indices.dropFirst(count).first { index in
                heard[index].split(separator: "\n").contains { $0.hasPrefix(line) }
            }
            if let found { return (heard[found], found + 1) }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw NotHeard(description: "\(line) was not heard, only \(heard)")
    }
}
