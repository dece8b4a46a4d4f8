import Foundation
import Glibc
public import SystemPackage

extension Configuration {
    /// The ledger.
    public var ledgerPath: FilePath { state.appending("ledger.sqlite") }

    /// Makes the folders that are the daemon's own. The watched folder is not: where it is missing, a disk may not be
    /// mounted yet, and a folder made in its place would hide that.
    ///
    /// - Throws: `ConfigurationError` where there can be no such folder or it is not ours to make, `FolderError` where the
    ///   disk is at fault and the same can succeed later.
    public func makeFolders() throws {
        for (key, folder, mode) in [("output", output, mode_t(0o777)), ("state", state, 0o750)] {
            do {
                try Self.make(folder, mode)
            } catch {
                let failure = FolderError(key: key, folder: folder, error: error)
                throw Self.passing.contains(error) ? failure : ConfigurationError(file: "", "\(failure)")
            }
        }
    }

    private static let passing: Set<Errno> = [
        .noSpace, .diskQuotaExceeded, .ioError, .readOnlyFileSystem, .staleNFSFileHandle, .timedOut, .noMemory,
    ]

    /// Makes a folder, and those above it where they are missing.
    private static func make(_ folder: FilePath, _ mode: mode_t) throws(Errno) {
        var status = stat()
        if folder.withPlatformString({ stat($0, &status) }) == 0, status.st_mode & S_IFMT == S_IFDIR { return }
        if folder.withPlatformString({ mkdir($0, mode) }) == 0 { return }
        let error = Errno(rawValue: errno)
        let parent = folder.removingLastComponent()
        guard error == .noSuchFileOrDirectory, !parent.isEmpty, parent != folder else { throw error }
        try make(parent, 0o777)
        guard folder.withPlatformString({ mkdir($0, mode) }) == 0 else { throw Errno(rawValue: errno) }
    }
}

extension Configuration {
    /// Takes the key of a systemd credential where the configuration names none.
    ///
    /// - Parameter environment: the process's; `CREDENTIALS_DIRECTORY` is read (systemd.exec(5)).
    public mutating func takeCredentials(_ environment: [String: String]) {
        guard signingKey == nil, let folder = environment["CREDENTIALS_DIRECTORY"], !folder.isEmpty else { return }
        let path = FilePath(folder).appending("quantd-signing-key")
        if FileManager.default.fileExists(atPath: path.string) { signingKey = path }
    }
}

extension Configuration {
    /// Reads a configuration file, or what a pipe has to say.
    ///
    /// - Throws: `ConfigurationError`.
    public init(file path: FilePath) throws(ConfigurationError) {
        let bytes: [UInt8]
        do {
            bytes = try Self.content(of: path)
        } catch {
            throw ConfigurationError(file: path.string, "cannot be read: \(String(describing: error).lowercased())")
        }
        guard bytes.count <= Self.sizeLimit else {
            throw ConfigurationError(file: path.string, "has more than \(Self.sizeLimit) bytes")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw ConfigurationError(file: path.string, "is no text in UTF-8")
        }
        try self.init(toml: text, file: path.string)
    }

    /// Bytes that a configuration may have.
    private static let sizeLimit = 1 << 20

    /// The bytes of a file of any kind, one more than allowed at the most.
    private static func content(of path: FilePath) throws -> [UInt8] {
        let file = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
        return try file.closeAfter {
            var bytes: [UInt8] = []
            var piece = [UInt8](repeating: 0, count: 1 << 16)
            while bytes.count <= sizeLimit {
                let count = try piece.withUnsafeMutableBytes { try file.read(into: $0) }
                if count == 0 { break }
                bytes += piece[..<count]
            }
            return bytes
        }
    }
}
