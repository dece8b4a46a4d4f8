public import SystemPackage

/// Why a folder of the daemon's own could not be made.
public struct FolderError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The configuration's key.
    public let key: String
    public let folder: FilePath
    public let error: Errno

    public var description: String {
        "the \(key) folder \(folder) cannot be made: \(String(describing: error).lowercased()) (errno \(error.rawValue))"
    }
}
