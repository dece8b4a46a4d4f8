public import SystemPackage
public import Vocabulary

/// Why a model could not be published: the reason with its numbers, and the place.
public struct PublishingError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What went wrong.
    public enum Reason: Hashable, Sendable {
        /// The system refused an operation, named in words such as `write file`.
        case system(operation: String, code: Errno)
        /// The output folder is not there, or no folder. It is never made: it may be a file system that is not mounted.
        case noOutputFolder
        /// The output folder is another one than was locked: a file system was mounted over it, or unmounted.
        case otherOutputFolder
        /// The run has a folder under its final name already.
        case runExists
        /// Something that no publisher made lies where a folder or link of ours belongs.
        case foreign
        /// The name cannot be a folder below the output folder, for this reason.
        case badModelName(String)
        /// The name cannot be a file of a run folder, for this reason.
        case badFileName(String)
        /// A file has another length than it was announced with, in bytes.
        case length(wanted: Int64, found: Int64)
        /// A file has other bytes than it was announced with.
        case digest(wanted: ArtifactDigest, found: ArtifactDigest)
        /// What is to be read is no regular file.
        case noFile
        /// A file lies in the staged folder that nobody announced.
        case unannounced
        /// Another publisher works there.
        case inUse
        /// The file system has too little room, in bytes.
        case noSpace(wanted: Int64, free: Int64)
    }

    public let reason: Reason
    /// The file or folder it is about.
    public let path: FilePath

    init(_ reason: Reason, at path: FilePath) {
        self.reason = reason
        self.path = path
    }

    /// The place is at fault, not the model: nothing was published, and the same attempt can succeed later, when there
    /// is room again, a file system is mounted or a permission is given.
    public var isBlocked: Bool {
        switch reason {
        case .noOutputFolder, .otherOutputFolder, .noSpace: true
        case .system(_, let code): Self.blocking.contains(code)
        default: false
        }
    }

    /// What it is about is not there.
    public var isAbsence: Bool {
        if case .system(_, .noSuchFileOrDirectory) = reason { true } else { false }
    }

    private static let blocking: Set<Errno> = [
        .noSpace, .diskQuotaExceeded, .readOnlyFileSystem, .permissionDenied, .notPermitted, .ioError,
        .tooManyOpenFiles, .tooManyOpenFilesInSystem, .noMemory, .resourceBusy, .staleNFSFileHandle, .timedOut,
        .noSuchAddressOrDevice, .socketNotConnected,
        // Of names that were there a moment ago: the file system was unmounted, or someone cleaned up.
        .noSuchFileOrDirectory,
    ]

    public var description: String {
        switch reason {
        case .system(let operation, let code): "cannot \(operation) \(path): \(code) (errno \(code.rawValue))"
        case .noOutputFolder: "the output folder \(path) is not there; it is never made, make it or mount it"
        case .otherOutputFolder:
            "the output folder \(path) is another one than at the start; mount or unmount what was there, or restart quantd"
        case .runExists: "the run folder \(path) is there already, and a published run never changes"
        case .foreign: "\(path) was not made by a publisher and is left alone; move it away"
        case .badModelName(let why): "the model name cannot be the folder \(path): \(why)"
        case .badFileName(let why): "\(path) cannot be a file of a run folder: \(why)"
        case .length(let wanted, let found): "\(path) has \(found) bytes, announced were \(wanted)"
        case .digest(let wanted, let found): "\(path) has the SHA-256 \(found), announced was \(wanted)"
        case .noFile: "\(path) is no regular file"
        case .unannounced: "\(path) lies in the staged folder, but nobody announced it"
        case .inUse: "another quantd publishes to \(path); one output folder has one daemon"
        case .noSpace(let wanted, let free): "\(path) has \(free) bytes free, the model needs \(wanted)"
        }
    }
}
