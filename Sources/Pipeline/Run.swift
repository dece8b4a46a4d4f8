import Ledger
import Publishing
import Settings
import SystemPackage
import Vocabulary
import Working

/// One attempt at one triple, from its files to its row in the ledger: the order of things on one screen.
///
/// It waits for its worker and for the disk, so it belongs on a thread that may wait. Only the worker looks into the files.
struct Run: Sendable {
    let number: Int
    let triple: Triple
    let trigger: RunTrigger
    let configuration: Configuration
    let ledger: LedgerWriter
    let publisher: Publisher
    let patience: Patience

    /// What became of the attempt.
    enum Outcome: Sendable {
        case ended(RunEnd)
        /// Nothing new: the latest run of this model had the same bytes and settings.
        case unchanged
        /// The files changed meanwhile; they are assembled again.
        case changed(FilePath)
        /// The samples changed meanwhile: someone is still copying them.
        case samplesChanged
        /// The disk is full, the output is read-only and the like: to be tried again.
        case blocked(String)
    }

    /// hash → look up → quantize → evaluate → judge → publish → record.
    ///
    /// - Throws: `WorkerFailure` where the worker died over it, `LedgerError` where the ledger is damaged or the daemon stops.
    func perform(with worker: WorkerProcess) throws -> Outcome {
        var found = RunResults()
        do {
            let preparation = try worker.prepare(triple, base: ModelSettings(configuration))
            let recipe = Recipe(preparation)
            found.artifacts = inputs(preparation)
            _ = try patience { try ledger.begin(number, with: recipe) }
            if let earlier = try earlier(found.artifacts, recipe) {
                if earlier.isLatestOfModel { return .unchanged }
                if let folder = try republish(earlier) {
                    return try end(.cached(from: earlier.run, folder: folder.path), found, folder)
                }
            }
            try publisher.requireSpace(triple.param.identity.size + triple.bin.identity.size)
            var staged = try stage()
            let made = try make(preparation, by: worker, in: &staged)
            found.layers = made.layers
            found.metrics = made.metrics(preparation.samples?.digest)
            // `warn` publishes what breaks the limits, `reject` and a repair that did not mend it do not.
            if made.verdict == .failed {
                try staged.discard()
                try record(made.notes)
                return try end(.rejected(message: made.breaches), found, nil)
            }
            let folder = try staged.commit()
            try record(made.notes)
            return try end(.published(folder: folder.path, verdict: made.verdict), found, folder)
        } catch WorkDenied.changed(let path) {
            return triple.files.contains { $0.path == path } ? .changed(path) : .samplesChanged
        } catch WorkDenied.blocked(let message) {
            return .blocked(message)
        } catch let error as PublishingError where error.isBlocked {
            return .blocked("\(error)")
        } catch WorkDenied.refused(let message) {
            return try end(.failed(message: message), found, nil)
        } catch let error as PublishingError {
            return try end(.failed(message: "\(error)"), found, nil)
        }
    }

    // MARK: Steps

    /// Lets the worker fill a folder that nobody sees yet.
    private func make(
        _ preparation: Preparation, by worker: WorkerProcess, in staged: inout StagedFolder
    ) throws -> WorkResult {
        let (param, bin) = (PublishedFile.param.name(of: triple.name), PublishedFile.bin.name(of: triple.name))
        let order = WorkOrder(triple, preparation, param: try staged.path(of: param), bin: try staged.path(of: bin))
        let made = try worker.make(order) { _ in }
        try staged.adopt(bin, length: Int64(made.binBytes))
        try staged.adopt(param, length: made.paramBytes)
        return made
    }

    /// Notes how the evaluation went and what the repair did, one event each.
    private func record(_ notes: [WorkResult.Note]) throws {
        for note in notes {
            let event = LedgerEvent(
                run: number, model: triple.name, at: .now, kind: note.kind, message: note.message)
            try patience { try ledger.record(event) }
        }
    }

    /// A folder to fill. An attempt whose daemon died behind its publication left its folder; nobody was told of it.
    private func stage() throws -> StagedFolder {
        let place = PublishedRun(model: triple.name, run: number)
        try publisher.withdraw(place)
        return try publisher.stage(place)
    }

    /// The latest result of the same bytes with the same recipe; whoever asks for a run anew wants none.
    private func earlier(_ inputs: [RunArtifact], _ recipe: Recipe) throws -> EarlierResult? {
        func digest(_ role: ArtifactRole) -> ArtifactDigest? { inputs.first { $0.role == role }?.digest }
        guard trigger != .retry, let param = digest(.param), let bin = digest(.bin) else { return nil }
        return try patience {
            try ledger.earlierResult(
                param: param, bin: bin, table: digest(.table), recipe: recipe, for: triple.name)
        }
    }

    /// Publishes the files of an earlier run under this run's name; nil where they are not there any more.
    private func republish(_ earlier: EarlierResult) throws -> PublishedFolder? {
        var staged = try stage()
        for (role, file) in Self.outputs {
            guard let artifact = earlier.files.first(where: { $0.role == role }),
                FileIdentity(of: artifact.path)?.size == artifact.size
            else { return nil }
            try staged.copy(file.name(of: triple.name), from: artifact.path, length: artifact.size, artifact.digest)
        }
        do {
            return try staged.commit()
        } catch {
            // Someone changed the earlier files: what they hold now is nobody's result.
            guard case .digest = error.reason else { throw error }
            return nil
        }
    }

    private static let outputs: [(ArtifactRole, PublishedFile)] = [(.int8Param, .param), (.int8Bin, .bin)]

    private func end(_ end: RunEnd, _ results: RunResults, _ folder: PublishedFolder?) throws -> Outcome {
        var results = results
        for (role, file) in Self.outputs {
            if let published = folder?.file(file.name(of: triple.name)) {
                results.artifacts.append(
                    RunArtifact(
                        role: role, path: published.path, digest: published.digest, size: published.length))
            }
        }
        let complete = results
        try patience { try ledger.finish(number, end, complete) }
        return .ended(end)
    }

    private func inputs(_ preparation: Preparation) -> [RunArtifact] {
        let roles: [(ArtifactRole, Triple.File?)] = [
            (.param, triple.param), (.bin, triple.bin), (.table, triple.table), (.settings, triple.settings),
        ]
        let files = roles.compactMap { role, file in file.map { (role, $0) } }
        return zip(files, preparation.digests).map { file, digest in
            RunArtifact(role: file.0, path: file.1.path, digest: digest, size: file.1.identity.size)
        }
    }
}

extension WorkResult {
    /// The figures as the ledger keeps them.
    fileprivate func metrics(_ digest: ArtifactDigest?) -> [MetricRecord] {
        figures.map {
            MetricRecord(
                $0.metric, interval: $0.interval, dataset: dataset, datasetDigest: dataset == nil ? nil : digest)
        }
    }
}
