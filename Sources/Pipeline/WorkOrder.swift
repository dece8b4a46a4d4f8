import ModelFormat
import Quantizing
import SystemPackage
import Vocabulary

/// What a worker is to do for one run. It knows files and settings, nothing of the ledger or of other runs.
struct WorkOrder: Sendable {
    let triple: Triple
    let settings: QuantizeSettings

    /// Why a worker has no result.
    enum Failure: Error {
        /// A file is no longer what it was when the triple was assembled.
        case changed(FilePath)
    }

    /// Reads every input once and says what it holds.
    ///
    /// - Throws: `FormatError`, `Failure`.
    func digests() throws -> [FilePath: ArtifactDigest] {
        var digests: [FilePath: ArtifactDigest] = [:]
        for file in triple.files {
            let source = try open(file)
            let digest = try ArtifactDigest(of: source)
            guard source.isUnchanged else { throw Failure.changed(file.path) }
            digests[file.path] = digest
        }
        return digests
    }

    /// Quantizes into two new files and says what came of it.
    ///
    /// - Throws: `FormatError` for what is wrong with the model, `Errno` for what keeps the output from being written,
    ///   `Failure`.
    func quantize(param: FilePath, bin: FilePath) throws -> QuantizationReport {
        let job = QuantizeJob(
            param: triple.param.path, bin: triple.bin.path, table: triple.table?.path, settings: settings)
        let report = try job.run(param: param, bin: bin)
        // Whatever was hashed is what was quantized: nothing has changed since the triple was assembled.
        for file in triple.files where FileIdentity(of: file.path) != file.identity {
            throw Failure.changed(file.path)
        }
        return report
    }

    private func open(_ file: Triple.File) throws -> FileBytes {
        guard FileIdentity(of: file.path) != nil else { throw Failure.changed(file.path) }
        let source = try FileBytes(file.path)
        guard source.identity == file.identity else { throw Failure.changed(file.path) }
        return source
    }
}
