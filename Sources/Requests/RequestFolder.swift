import Foundation
import Glibc
public import SystemPackage

/// `<state>/requests`: who may write there may ask.
///
/// A request appears under its name at once, whole. The daemon removes it when the answer is in the ledger.
public struct RequestFolder: Hashable, Sendable {
    public let path: FilePath

    /// More than any request has.
    static let limit = 1 << 14

    /// - Parameter state: the daemon's state folder.
    public init(state: FilePath) {
        path = state.appending("requests")
    }

    /// Makes the folder where it is missing, for the daemon and its group.
    ///
    /// Where the system lets us, files in it get the folder's group; a service manager may forbid that, and then whoever
    /// drops a request sees to it.
    ///
    /// - Throws: `Errno`.
    public func make() throws(Errno) {
        guard path.withPlatformString({ mkdir($0, 0o770) }) == 0 else {
            guard errno == EEXIST else { throw Errno(rawValue: errno) }
            // The operator's mode stays as it is.
            return
        }
        // Past the umask.
        if path.withPlatformString({ chmod($0, 0o2770) }) != 0, path.withPlatformString({ chmod($0, 0o770) }) != 0 {
            throw Errno(rawValue: errno)
        }
    }

    // MARK: Asking

    /// Drops a request: whole, on the disk itself, and so that the daemon may read it.
    ///
    /// - Throws: `Errno`; `noSuchFileOrDirectory` where no daemon has ever made the folder.
    public func drop(_ request: Request) throws(Errno) {
        let temporary = path.appending(".\(request.id).tmp")
        let target = file(of: request.id)
        do {
            let file = try FileDescriptor.open(
                temporary, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec, .noFollow],
                permissions: [.ownerReadWrite, .groupRead])
            try file.closeAfter {
                // The daemon reads as one of the folder's group; the umask and the user's own group may be otherwise.
                var folder = stat()
                if path.withPlatformString({ stat($0, &folder) }) == 0 {
                    _ = fchown(file.rawValue, uid_t.max, folder.st_gid)
                }
                guard fchmod(file.rawValue, 0o640) == 0 else { throw Errno(rawValue: errno) }
                try file.writeAll(request.text.utf8)
                guard fsync(file.rawValue) == 0 else { throw Errno(rawValue: errno) }
            }
            let renamed = temporary.withPlatformString { from in target.withPlatformString { rename(from, $0) } }
            guard renamed == 0 else { throw Errno(rawValue: errno) }
        } catch {
            _ = temporary.withPlatformString { unlink($0) }
            throw error as? Errno ?? .ioError
        }
    }

    /// Takes a request back; false where the daemon has taken it already.
    public func withdraw(_ request: Request) -> Bool {
        file(of: request.id).withPlatformString { unlink($0) } == 0
    }

    /// Where the request of this id lies.
    public func file(of id: String) -> FilePath { path.appending("\(id).json") }

    // MARK: Hearing

    /// The id of the request at a path; nil where its name is none of a request.
    public func id(at file: FilePath) -> String? {
        guard file.removingLastComponent() == path, file.extension == "json", let name = file.stem,
            UUID(uuidString: name) != nil, name == name.lowercased()
        else { return nil }
        return name
    }

    /// Reads a request. The file may be anything that someone of the group has put there.
    ///
    /// - Throws: `RequestError`.
    public func read(_ file: FilePath) throws(RequestError) -> Request {
        guard let id = id(at: file) else { throw RequestError("has no name of a request, <uuid>.json") }
        return try Request(id: id, content: try Self.content(of: file))
    }

    /// Removes a file that was answered or refused; one that is gone already is fine.
    ///
    /// - Throws: `Errno`.
    public func remove(_ file: FilePath) throws(Errno) {
        guard file.withPlatformString({ unlink($0) }) != 0, errno != ENOENT else { return }
        throw Errno(rawValue: errno)
    }

    private static func content(of path: FilePath) throws(RequestError) -> [UInt8] {
        do {
            // No link is followed, and a named pipe holds nobody up.
            let file = try FileDescriptor.open(
                path, .readOnly, options: [.closeOnExec, .nonBlocking, .noFollow])
            return try file.closeAfter {
                var status = stat()
                guard fstat(file.rawValue, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
                    throw RequestError("is no regular file")
                }
                guard status.st_size <= limit else {
                    throw RequestError("has \(status.st_size) bytes, a request has \(limit) at most")
                }
                var content = [UInt8](repeating: 0, count: limit)
                var length = 0
                while length < limit {
                    let count = try content.withUnsafeMutableBytes {
                        try file.read(into: UnsafeMutableRawBufferPointer(rebasing: $0[length...]))
                    }
                    if count == 0 { break }
                    length += count
                }
                return Array(content[..<length])
            }
        } catch let error as RequestError {
            throw error
        } catch {
            throw RequestError("cannot be read: \(String(describing: error).lowercased())")
        }
    }
}
