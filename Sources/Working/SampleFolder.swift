import Foundation
import Images
import ModelFormat
public import SystemPackage
public import Vocabulary

/// The folder of samples beside a model, `<name>.eval`, in one state.
public struct SampleFolder: Hashable, Sendable, Codable {
    /// Where it lies.
    @CodedPath public private(set) var path: FilePath
    /// Over the names and contents of its files.
    public let digest: ArtifactDigest
    /// The state of each file, by name.
    private let identities: [String: FileIdentity]

    /// Reads the folder; nil where there is none.
    ///
    /// - Throws: `FormatError` where a file cannot be read, `ChangedFile`.
    init?(beside triple: Triple) throws {
        var path = triple.param.path
        path.extension = "eval"
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path.string, isDirectory: &isFolder), isFolder.boolValue else {
            return nil
        }
        _path = CodedPath(wrappedValue: path)
        let identities = try Self.identities(of: path)
        // In the order of their bytes, as `LC_ALL=C sort` has them: this is the dirHash of the statement.
        let files = identities.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        let lines = try files.map { name, identity in
            "\(try Triple.File(path: path.appending(name), identity: identity).digest())  \(name)\n"
        }
        self.identities = identities
        digest = ArtifactDigest(of: lines.joined())
        try requireUnchanged()
    }

    /// - Throws: `ChangedFile` where the folder is in another state now.
    func requireUnchanged() throws {
        guard try Self.identities(of: path) == identities else { throw ChangedFile(path: path) }
    }

    private static func identities(of folder: FilePath) throws -> [String: FileIdentity] {
        var identities: [String: FileIdentity] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.string)
        where name.hasSuffix(".npy") || ImageFolder.uses(name) {
            identities[name] = FileIdentity(of: folder.appending(name))
        }
        return identities
    }
}
