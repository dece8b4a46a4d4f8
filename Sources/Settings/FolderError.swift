public import SystemPackage

/// Why a folder of the daemon's own could not be made, for now.
public struct FolderError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The configuration's key, or what the folder is for.
    public let key: String
    public let folder: FilePath
    public let error: Errno

    public init(key: String, folder: FilePath, error: Errno) {
        self.key = key
        self.folder = folder
        self.error = error
    }

    public var description: String {
        "the \(key) folder \(folder) cannot be made: \(String(describing: error).lowercased()) (errno \(error.rawValue))"
    }
}
