import Crypto
import Glibc
import SystemPackage
import Vocabulary

/// Every operation of this room on the file system, each through one gate that turns `errno` into an error with its
/// place, and where tests let the k-th operation fail.
struct Disk: Sendable {
    /// The operations, in the words of the error message.
    enum Operation: String, Sendable {
        case inspect
        case list = "list folder"
        case makeFolder = "make folder"
        case open = "open file"
        case read = "read file"
        case write = "write file"
        case close = "close file"
        case sync = "bring to disk"
        case rename
        case link
        case readLink = "read link"
        case remove
        case measure = "find the free space of"
    }

    /// What lies under a name.
    enum Entry: Equatable {
        case folder
        case file(length: Int64)
        case link
        case other
    }

    /// Asked before each operation; the error it answers is taken for the operation's own.
    var fault: @Sendable (Operation, FilePath) -> Errno? = { _, _ in nil }

    /// Calls the system until no signal interrupts it. `call` answers as system calls do: negative is failure.
    @discardableResult
    private func attempt(_ operation: Operation, _ path: FilePath, _ call: () -> Int) throws(PublishingError) -> Int {
        if let code = fault(operation, path) {
            throw PublishingError(.system(operation: operation.rawValue, code: code), at: path)
        }
        while true {
            let answer = call()
            if answer >= 0 { return answer }
            let code = Errno(rawValue: errno)
            if code == .interrupted { continue }
            throw PublishingError(.system(operation: operation.rawValue, code: code), at: path)
        }
    }

    // MARK: Folders and names

    /// What lies at `path`, links not followed; nil where nothing does.
    func entry(at path: FilePath) throws(PublishingError) -> Entry? {
        var status = stat()
        do {
            try attempt(.inspect, path) { path.withPlatformString { Int(lstat($0, &status)) } }
        } catch {
            guard case .system(_, .noSuchFileOrDirectory) = error.reason else { throw error }
            return nil
        }
        switch status.st_mode & S_IFMT {
        case S_IFDIR: return .folder
        case S_IFREG: return .file(length: Int64(status.st_size))
        case S_IFLNK: return .link
        default: return .other
        }
    }

    /// Is there a folder at `path`? Links are followed: an operator may have moved it to a larger disk.
    func leadsToFolder(_ path: FilePath) throws(PublishingError) -> Bool {
        var status = stat()
        do {
            try attempt(.inspect, path) { path.withPlatformString { Int(stat($0, &status)) } }
        } catch {
            guard case .system(_, .noSuchFileOrDirectory) = error.reason else { throw error }
            return false
        }
        return status.st_mode & S_IFMT == S_IFDIR
    }

    /// Makes a folder; false where something has that name already.
    func makeFolder(_ path: FilePath) throws(PublishingError) -> Bool {
        do {
            try attempt(.makeFolder, path) { path.withPlatformString { Int(mkdir($0, 0o777)) } }
            return true
        } catch {
            guard case .system(_, .fileExists) = error.reason else { throw error }
            return false
        }
    }

    /// The names in a folder, sorted, without `.` and `..`.
    func list(_ path: FilePath) throws(PublishingError) -> [FilePath.Component] {
        var stream: OpaquePointer?
        try attempt(.list, path) {
            stream = path.withPlatformString { opendir($0) }
            return stream == nil ? -1 : 0
        }
        guard let stream else { return [] }
        defer { closedir(stream) }
        var names: [FilePath.Component] = []
        while true {
            // The end and a failure both answer nil; only `errno` tells them apart.
            errno = 0
            guard let found = readdir(stream) else { break }
            let name = withUnsafePointer(to: &found.pointee.d_name) { tuple in
                tuple.withMemoryRebound(to: CInterop.PlatformChar.self, capacity: 256) {
                    FilePath.Component(platformString: $0)
                }
            }
            if let name, name.kind == .regular { names.append(name) }
        }
        let code = Errno(rawValue: errno)
        guard code.rawValue == 0 else {
            throw PublishingError(.system(operation: Operation.list.rawValue, code: code), at: path)
        }
        return names.sorted { $0.string < $1.string }
    }

    func rename(_ from: FilePath, to path: FilePath) throws(PublishingError) {
        try attempt(.rename, path) {
            from.withPlatformString { from in path.withPlatformString { Int(Glibc.rename(from, $0)) } }
        }
    }

    /// Makes a symbolic link at `path` that says `target`.
    func link(_ path: FilePath, to target: String) throws(PublishingError) {
        try attempt(.link, path) {
            target.withCString { target in path.withPlatformString { Int(symlink(target, $0)) } }
        }
    }

    /// What the symbolic link at `path` says.
    func target(of path: FilePath) throws(PublishingError) -> FilePath {
        var text = [CInterop.PlatformChar](repeating: 0, count: Int(PATH_MAX) + 1)
        try attempt(.readLink, path) { path.withPlatformString { readlink($0, &text, Int(PATH_MAX)) } }
        return FilePath(platformString: text)
    }

    /// Removes a file or a link.
    func remove(_ path: FilePath) throws(PublishingError) {
        try attempt(.remove, path) { path.withPlatformString { Int(unlink($0)) } }
    }

    /// Removes whatever lies at `path` and below, links not followed; nothing there is fine.
    func removeTree(_ path: FilePath) throws(PublishingError) {
        switch try entry(at: path) {
        case nil: return
        case .folder:
            for name in try list(path) { try removeTree(path.appending(name)) }
            try attempt(.remove, path) { path.withPlatformString { Int(rmdir($0)) } }
        case .file, .link, .other:
            try remove(path)
        }
    }

    // MARK: Content

    /// Writes a file that was not there before.
    func write(_ bytes: [UInt8], to path: FilePath) throws(PublishingError) {
        try opened(path, O_WRONLY | O_CREAT | O_EXCL) { (file) throws(PublishingError) in
            try write(bytes, to: file, path)
        }
    }

    /// Copies a file's bytes to a file that was not there before.
    func copy(_ from: FilePath, to path: FilePath) throws(PublishingError) {
        try opened(path, O_WRONLY | O_CREAT | O_EXCL) { (file) throws(PublishingError) in
            try chunks(of: from) { (chunk) throws(PublishingError) in
                try write(Array(chunk), to: file, path)
                return true
            }
        }
    }

    private func write(_ bytes: [UInt8], to file: CInt, _ path: FilePath) throws(PublishingError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = try attempt(.write, path) {
                rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            }
            rest = rest.dropFirst(count)
        }
    }

    /// A whole file, of at most `limit` bytes; nil where it is longer.
    func read(_ path: FilePath, limit: Int) throws(PublishingError) -> [UInt8]? {
        var content: [UInt8] = []
        var fits = true
        try chunks(of: path) { chunk in
            fits = content.count + chunk.count <= limit
            if fits { content.append(contentsOf: chunk) }
            return fits
        }
        return fits ? content : nil
    }

    /// The SHA-256 and the length of a file.
    ///
    /// - Parameter progress: hears how many bytes were read since it was called last.
    func digest(
        of path: FilePath, progress: (Int) -> Void = { _ in }
    ) throws(PublishingError) -> (digest: ArtifactDigest, length: Int64) {
        var hash = SHA256()
        var length: Int64 = 0
        try chunks(of: path) { chunk in
            hash.update(bufferPointer: chunk)
            length += Int64(chunk.count)
            progress(chunk.count)
            return true
        }
        return (ArtifactDigest(bytes: hash.finalize()), length)
    }

    /// Brings a file's bytes, or a folder's names, to the disk itself.
    func sync(_ path: FilePath) throws(PublishingError) {
        try opened(path, O_RDONLY) { (file) throws(PublishingError) in
            try attempt(.sync, path) {
                if fsync(file) == 0 { return 0 }
                // fsync(2): EINVAL is a file system's way to say that it does not know this for this kind of
                // file; FUSE and CIFS answer so for folders.
                return errno == EINVAL ? 0 : -1
            }
        }
    }

    /// Bytes that an ordinary user may still write below `path`.
    func freeBytes(at path: FilePath) throws(PublishingError) -> Int64 {
        var status = statvfs()
        try attempt(.measure, path) { path.withPlatformString { Int(statvfs($0, &status)) } }
        let (bytes, overflow) = UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize))
        return overflow ? .max : Int64(clamping: bytes)
    }

    private func chunks(
        of path: FilePath, _ body: (UnsafeRawBufferPointer) throws(PublishingError) -> Bool
    ) throws(PublishingError) {
        try opened(path, O_RDONLY) { (file) throws(PublishingError) in
            // What stays in a near cache between being read and being hashed.
            let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
            defer { chunk.deallocate() }
            while true {
                let count = try attempt(.read, path) { Glibc.read(file, chunk.baseAddress, chunk.count) }
                let goesOn = try body(UnsafeRawBufferPointer(rebasing: chunk.prefix(count)))
                if count == 0 || !goesOn { return }
            }
        }
    }

    /// Opens, lends, closes. Links are refused: what lies in our folders is never one.
    private func opened(
        _ path: FilePath, _ flags: CInt, _ body: (CInt) throws(PublishingError) -> Void
    ) throws(PublishingError) {
        let file = CInt(
            try attempt(.open, path) {
                path.withPlatformString { Int(Glibc.open($0, flags | O_CLOEXEC | O_NOFOLLOW, 0o666)) }
            })
        do {
            try body(file)
        } catch {
            // The first failure is the one to tell; nothing of this file will be kept.
            _ = Glibc.close(file)
            throw error
        }
        try attempt(.close, path) {
            // Linux has closed the descriptor even where it says EINTR; a second try could close another's.
            Glibc.close(file) == 0 || errno == EINTR ? 0 : -1
        }
    }
}
