import LayerCatalogue
public import Ledger
import ModelFormat
import Publishing
public import Quantizing
public import SystemPackage
import Vocabulary

/// How the weights of a run are spread, or why nobody can say any more.
public enum WeightShapes: Hashable, Sendable {
    case counted([WeightHistogram])
    /// A lower-case clause.
    case unknown(String)

    /// Text files larger than this are not what they were.
    private static let largestText = 256 << 20

    /// Reads the float model and the published twin of a run, if each is still the content that the ledger knows.
    ///
    /// - Parameter progress: hears which file is read, and how many bytes were read since it was called last.
    public init(of run: RunDetail, progress: (FilePath, Int) -> Void = { _, _ in }) {
        do {
            self = .counted(try Self.histograms(of: run, progress))
        } catch {
            self = .unknown("\(error)")
        }
    }

    private static func histograms(
        of run: RunDetail, _ progress: (FilePath, Int) -> Void
    ) throws -> [WeightHistogram] {
        if let pruned = run.summary.pruned { throw Reason("the int8 twin was pruned on \(Figures.clock(pruned))") }
        guard run.summary.folder != nil else {
            throw Reason("the run is \(run.summary.status.rawValue): there is no int8 twin to look at")
        }
        let roles: [ArtifactRole] = [.param, .bin, .int8Param, .int8Bin]
        let files = try roles.map { try File($0, of: run, progress) }
        let models = try [(files[0], files[1]), (files[2], files[3])].map { param, bin in
            let text = try FileBytes.contents(of: param.path, limit: largestText)
            return try Model(ParamFile(text, file: param.path.string), bin: FileBytes(bin.path))
        }
        let histograms = try TwinWeights(float: models[0], int8: models[1]).histograms()
        // Between the digest and the last byte that was counted it may have become another file.
        for file in files where FileIdentity(of: file.path) != file.identity {
            throw Reason("\(PathText.text(of: file.path)) changed while it was read")
        }
        return histograms
    }

    /// A file of the run that holds what the ledger says.
    private struct File {
        let path: FilePath
        let identity: FileIdentity

        init(_ role: ArtifactRole, of run: RunDetail, _ progress: (FilePath, Int) -> Void) throws {
            guard let artifact = run.artifacts.first(where: { $0.role == role }), let wanted = artifact.digest else {
                throw Reason("the ledger does not know the run's \(role.rawValue)")
            }
            path = artifact.path
            let name = PathText.text(of: path)
            guard let identity = FileIdentity(of: path) else { throw Reason("\(name) is gone") }
            self.identity = identity
            let found: ArtifactDigest
            do throws(PublishingError) {
                found = try FileDigest(of: path, followsLinks: role.isInput) { progress(artifact.path, $0) }.digest
            } catch {
                throw Reason("\(name) cannot be read: \(error)")
            }
            guard found == wanted else {
                throw Reason(
                    "\(name) is not what the run \(role.isInput ? "read" : "made"): its SHA-256 is \(found.short)…, the "
                        + "ledger says \(wanted.short)…")
            }
        }
    }

    private struct Reason: Error, CustomStringConvertible {
        let description: String

        init(_ description: String) { self.description = description }
    }
}
