import Glibc
import SystemPackage
import Testing

/// journald's end of its native protocol: a datagram socket in a folder of the test.
final class JournalEnd {
    let path: FilePath
    private let descriptor: CInt

    init(in folder: FilePath) throws {
        path = folder.appending("journal")
        let kind = CInt(SOCK_DGRAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue) | CInt(SOCK_NONBLOCK.rawValue)
        descriptor = socket(AF_UNIX, kind, 0)
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
    }

    deinit {
        close(descriptor)
        unlink(path.string)
    }

    /// The next datagram; nil where none waits. A local datagram is there as soon as it was sent.
    func datagram() -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        let count = recv(descriptor, &bytes, bytes.count, 0)
        return count < 0 ? nil : Array(bytes[..<count])
    }

    /// The fields of the next datagram, read as systemd.io/JOURNAL_NATIVE_PROTOCOL says.
    func entry() throws -> [String: String] {
        var rest = try #require(datagram())[...]
        var fields: [String: String] = [:]
        while !rest.isEmpty {
            let line = try #require(rest.firstIndex(of: UInt8(ascii: "\n")))
            if let equals = rest[..<line].firstIndex(of: UInt8(ascii: "=")) {
                fields[text(rest[..<equals])] = text(rest[(equals + 1)..<line])
                rest = rest[(line + 1)...]
            } else {
                let name = text(rest[..<line])
                let length = rest[(line + 1)...].prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
                let value = rest[(line + 9)...].prefix(length)
                fields[name] = text(value)
                try #require(value.count == length && rest[value.endIndex] == UInt8(ascii: "\n"))
                rest = rest[(value.endIndex + 1)...]
            }
        }
        return fields
    }

    private func text(_ bytes: ArraySlice<UInt8>) -> String {
        String(decoding: bytes, as: UTF8.self)
    }
}
