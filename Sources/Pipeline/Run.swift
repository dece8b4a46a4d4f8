import Ledger
import Provenance
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
    /// With what statements are signed; nil where they are not.
    let key: SigningKey?
    let patience: Patience

    /// What became of the attempt.
    enum Outcome: Sendable {
        case ended(RunEnd, RunResults)
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
                if let cached = try republish(earlier, found) { return cached }
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
                return try end(.rejected(message: made.breaches), found)
            }
            found.artifacts += try twin(in: &staged)
            let time = Timestamp.now
            let folder = try publish(staged, &found, verdict: made.verdict, source: nil, at: time)
            try record(made.notes)
            return try end(.published(folder: folder, verdict: made.verdict), found, at: time)
        } catch WorkDenied.changed(let path) {
            return triple.files.contains { $0.path == path } ? .changed(path) : .samplesChanged
        } catch WorkDenied.blocked(let message) {
            return .blocked(message)
        } catch let error as PublishingError where error.isBlocked {
            return .blocked("\(error)")
        } catch WorkDenied.refused(let message) {
            return try end(.failed(message: message), inputsOnly(found))
        } catch let error as IncompleteRecord {
            return try end(.failed(message: "\(error)"), inputsOnly(found))
        } catch let error as PublishingError {
            return try end(.failed(message: "\(error)"), inputsOnly(found))
        }
    }

    // MARK: Steps

    /// Lets the worker fill a folder that nobody sees yet.
    private func make(
        _ preparation: Preparation, by worker: WorkerProcess, in staged: inout StagedFolder
    ) throws -> WorkResult {
        let (param, bin) = (PublishedFile.param.name(of: triple.name), PublishedFile.bin.name(of: triple.name))
        let order = WorkOrder(triple, preparation, param: try staged.path(of: param), bin: try staged.path(of: bin))
        let notes = ProgressNotes(number, in: ledger)
        let made = try worker.make(order) { notes.note($0) }
        try staged.adopt(bin, length: Int64(made.binBytes))
        try staged.adopt(param, length: made.paramBytes)
        return made
    }

    /// The int8 twin as it lies in the staged folder, under the paths that it will have.
    private func twin(in staged: inout StagedFolder) throws -> [RunArtifact] {
        var artifacts: [RunArtifact] = []
        for (role, file) in Self.twin {
            let name = file.name(of: triple.name)
            let found = try staged.measure(name)
            artifacts.append(
                RunArtifact(
                    role: role, path: staged.destination.appending(name), digest: found.digest, size: found.length))
        }
        return artifacts
    }

    /// Writes the statement and its signature beside the twin, and lets the folder appear.
    ///
    /// - Parameters:
    ///   - results: hold inputs and twin; what lies beside them is added.
    ///   - source: the run that computed the result, where this one did not.
    ///   - time: when the run has ended; the ledger has to be told the same.
    /// - Returns: the folder's final name.
    private func publish(
        _ staged: consuming StagedFolder, _ results: inout RunResults, verdict: Verdict?, source: RunDetail?,
        at time: Timestamp
    ) throws -> FilePath {
        let detail = try patience { try ledger.detail(of: number) }
        let statement = Statement.text(
            of: try BuildRecord(
                detail, artifacts: results.artifacts, metrics: results.metrics, verdict: verdict, source: source,
                finished: time))
        try staged.write(PublishedFile.statement.name(of: triple.name), Array(statement.utf8))
        if let key {
            try staged.write(PublishedFile.signature.name(of: triple.name), try key.signature(of: statement))
        }
        let folder = try staged.commit()
        for (role, file) in Self.beside {
            guard let found = folder.file(file?.name(of: triple.name) ?? PublishedFile.checksums) else { continue }
            results.artifacts.append(
                RunArtifact(role: role, path: found.path, digest: found.digest, size: found.length))
        }
        return folder.path
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

    /// Publishes the files of an earlier run under this run's name; nil where they are not there any more, or hold what is
    /// nobody's result.
    private func republish(_ earlier: EarlierResult, _ found: RunResults) throws -> Outcome? {
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

    private static let twin: [(ArtifactRole, PublishedFile)] = [(.int8Param, .param), (.int8Bin, .bin)]
    /// What lies beside it; nil stands for the digests of all, which the publisher writes.
    private static let beside: [(ArtifactRole, PublishedFile?)] = [
        (.statement, .statement), (.signature, .signature), (.sums, nil),
    ]

    private func end(_ end: RunEnd, _ results: RunResults, at time: Timestamp = .now) throws -> Outcome {
        try patience { try ledger.finish(number, end, results, at: time) }
        return .ended(end, results)
    }

    /// What a run without a result read: the twin that it could not publish is nowhere.
    private func inputsOnly(_ results: RunResults) -> RunResults {
        RunResults(
            artifacts: results.artifacts.filter(\.role.isInput), layers: results.layers, metrics: results.metrics)
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
