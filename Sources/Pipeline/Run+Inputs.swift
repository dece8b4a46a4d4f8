import Ledger
import Vocabulary
import Working

/// What a run reads.
extension Run {
    /// The inputs with their digests; that of the `.bin` is still to come.
    func inputs(_ preparation: Preparation) -> [RunArtifact] {
        let roles: [(ArtifactRole, Triple.File?)] = [
            (.param, triple.param), (.table, triple.table), (.settings, triple.settings),
        ]
        let files = roles.compactMap { role, file in file.map { (role, $0) } }
        return [RunArtifact(role: .bin, triple.bin, nil)]
            + zip(files, preparation.digests).map { file, digest in RunArtifact(role: file.0, file.1, digest) }
    }

    /// Waits for the digest of the `.bin`, unless it is known or there is nothing that was prepared.
    func hashBin(_ found: inout RunResults, with worker: WorkerProcess) throws {
        guard let index = found.artifacts.firstIndex(where: { $0.role == .bin && $0.digest == nil }) else { return }
        found.artifacts[index].digest = try worker.digest(of: triple.bin)
    }
}

extension RunArtifact {
    fileprivate init(role: ArtifactRole, _ file: Triple.File, _ digest: ArtifactDigest?) {
        self.init(role: role, path: file.path, digest: digest, size: file.identity.size)
    }
}
