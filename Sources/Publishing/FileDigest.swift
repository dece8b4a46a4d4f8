import Glibc
public import SystemPackage
public import Vocabulary

/// What a file holds now.
public struct FileDigest: Hashable, Sendable {
    public let digest: ArtifactDigest
    /// Bytes.
    public let length: Int64

    /// Reads a regular file.
    ///
    /// - Parameters:
    ///   - followsLinks: whether the file may be reached through symbolic links. What we have published never is.
    ///   - progress: hears how many bytes were read since it was called last.
    public init(
        of path: FilePath, followsLinks: Bool = false, progress: (Int) -> Void = { _ in }
    ) throws(PublishingError) {
        let disk = Disk()
        let place = followsLinks ? Self.resolved(path) : path
        switch try disk.entry(at: place) {
        case nil: throw PublishingError(.system(operation: "find", code: .noSuchFileOrDirectory), at: path)
        case .file: break
        case .folder, .link, .other: throw PublishingError(.noFile, at: path)
        }
        (digest, length) = try disk.digest(of: place, progress: progress)
    }

    /// The path without links; one that leads nowhere stays as it is.
    private static func resolved(_ path: FilePath) -> FilePath {
        guard let real = path.withPlatformString({ realpath($0, nil) }) else { return path }
        defer { free(real) }
        return FilePath(platformString: real)
    }
}
