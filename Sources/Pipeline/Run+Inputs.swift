import Ledger
import Vocabulary
import Working

/// What a run reads.
extension Run {
    /// The inputs with their digests; that of the `.bin` is still to come.
    func inputs(_ preparation: Preparation) -> [RunArtifact] {
        let digests = preparation.digests
        let inputs: [(role: ArtifactRole, file: Triple.File?, digest: ArtifactDigest?)] = [
            (.param, triple.param, digests.param), (.bin, triple.bin, nil), (.table, triple.table, digests.table),
            (.settings, triple.settings, digests.settings),
        ]
        return inputs.compactMap { role, file, digest in
            file.map { RunArtifact(role: role, path: $0.path, digest: digest, size: $0.identity.size) }
        }
    }

    /// Waits until the `.bin` is hashed; does nothing where it is, or where nothing was prepared.
    func addBinDigest(to found: inout RunResults, from worker: WorkerProcess) throws {
        guard let index = found.artifacts.firstIndex(where: { $0.role == .bin && $0.digest == nil }) else { return }
        found.artifacts[index].digest = try worker.digest(of: triple.bin)
    }
}
