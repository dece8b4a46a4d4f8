import Ledger
import Publishing
import Vocabulary
import Working

/// The result of an earlier run, which need not be made again.
extension Run {
    /// The latest result of the same bytes with the same recipe; whoever asks for a run anew wants none.
    ///
    /// Mostly a part of the `.bin` already says that there is none, and then its digest is not waited for.
    func earlier(
        _ digests: Preparation.Digests, _ recipe: Recipe, _ found: inout RunResults, _ worker: WorkerProcess
    ) throws -> EarlierResult? {
        guard trigger != .retry else { return nil }
        let mayBeThere = try patience {
            try ledger.cachedRun(
                param: digests.param, partial: digests.bin, bin: nil, table: digests.table, recipe: recipe) != nil
        }
        guard mayBeThere else { return nil }
        try addBinDigest(to: &found, from: worker)
        guard let bin = found.artifacts.first(where: { $0.role == .bin })?.digest else { return nil }
        return try patience {
            try ledger.earlierResult(
                param: digests.param, partial: digests.bin, bin: bin, table: digests.table, recipe: recipe,
                for: triple.name)
        }
    }

    /// Whether a run of this model still lies in the output folder with files like these; someone may have removed it.
    func isThere(_ run: Int, with files: [RunArtifact]) throws -> Bool {
        let folder = try publisher.path(of: PublishedRun(model: triple.name, run: run))
        return Self.twin.allSatisfy { role, file in
            let found = FileIdentity(of: folder.appending(file.name(of: triple.name)))
            return found != nil && found?.size == files.first { $0.role == role }?.size
        }
    }

    /// Publishes the files of an earlier run under this run's name; nil where they are not there any more, or hold what is
    /// nobody's result.
    func republish(_ earlier: EarlierResult, _ found: RunResults) throws -> Outcome? {
        var staged = try stage()
        for (role, file) in Self.twin {
            guard let artifact = earlier.files.first(where: { $0.role == role }),
                try copy(artifact, as: file, to: &staged)
            else { return nil }
        }
        let twin = try twin(in: &staged)
        guard twin.allSatisfy({ copy in earlier.files.contains { $0.role == copy.role && $0.digest == copy.digest } })
        else { return nil }
        let source = try patience { try ledger.detail(of: earlier.run) }
        // The figures of the run that computed, which the ledger shows for this one too.
        var results = RunResults(
            artifacts: found.artifacts + twin, metrics: try patience { try ledger.metrics(of: earlier.run) })
        let time = Timestamp.now
        let folder = try publish(staged, &results, verdict: source.summary.verdict, source: source, at: time)
        results.metrics = []
        return try end(.cached(from: earlier.run, folder: folder), results, at: time)
    }

    /// Copies a file of an earlier run; false where it is not there any more, be it pruned this very moment.
    private func copy(
        _ artifact: RunArtifact, as file: PublishedFile, to staged: inout StagedFolder
    ) throws -> Bool {
        guard FileIdentity(of: artifact.path)?.size == artifact.size else { return false }
        let name = file.name(of: triple.name)
        do {
            try staged.copy(name, from: artifact.path, length: artifact.size, artifact.digest)
        } catch {
            guard error.isAbsence, error.path == artifact.path else { throw error }
            return false
        }
        return true
    }
}
