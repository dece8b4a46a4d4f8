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
    /// The `.bin` is hashed beside all this. Its digest is waited for where it is needed first: to look up, or else at the end.
    ///
    /// - Throws: `WorkerFailure` where the worker died over it, `LedgerError` where the ledger is damaged or the daemon stops.
    func perform(with worker: WorkerProcess) throws -> Outcome {
        var found = RunResults()
        do {
            let preparation = try worker.prepare(triple, base: ModelSettings(configuration))
            let recipe = Recipe(preparation)
            found.artifacts = inputs(preparation)
            _ = try patience { try ledger.begin(number, with: recipe, bin: preparation.digests.bin) }
            if let earlier = try earlier(preparation.digests, recipe, &found, worker) {
                if let latest = earlier.latestOfModel, try isThere(latest, with: earlier.files) { return .unchanged }
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
                try addBinDigest(to: &found, from: worker)
                try record(made.notes)
                return try end(.rejected(message: made.breaches), found)
            }
            found.artifacts += try twin(in: &staged)
            try addBinDigest(to: &found, from: worker)
            let time = Timestamp.now
            let folder = try publish(staged, &found, verdict: made.verdict, source: nil, at: time)
            try record(made.notes)
            return try end(.published(folder: folder, verdict: made.verdict), found, at: time)
        } catch WorkDenied.changed(let path) {
            return changed(path)
        } catch WorkDenied.blocked(let message) {
            return .blocked(message)
        } catch let error as PublishingError where error.isBlocked {
            return .blocked("\(error)")
        } catch WorkDenied.refused(let message) {
            return try fail(message, found, with: worker)
        } catch let error as IncompleteRecord {
            return try fail("\(error)", found, with: worker)
        } catch let error as PublishingError {
            return try fail("\(error)", found, with: worker)
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
    func twin(in staged: inout StagedFolder) throws -> [RunArtifact] {
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
    func publish(
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
    func stage() throws -> StagedFolder {
        let place = PublishedRun(model: triple.name, run: number)
        try publisher.withdraw(place)
        return try publisher.stage(place)
    }

    static let twin: [(ArtifactRole, PublishedFile)] = [(.int8Param, .param), (.int8Bin, .bin)]
    /// What lies beside it; nil stands for the digests of all, which the publisher writes.
    private static let beside: [(ArtifactRole, PublishedFile?)] = [
        (.statement, .statement), (.signature, .signature), (.sums, nil),
    ]

    func end(_ end: RunEnd, _ results: RunResults, at time: Timestamp = .now) throws -> Outcome {
        try patience { try ledger.finish(number, end, results, at: time) }
        return .ended(end, results)
    }

    /// Records a run without a result, with what it read: the twin that it could not publish is nowhere.
    private func fail(_ message: String, _ found: RunResults, with worker: WorkerProcess) throws -> Outcome {
        var found = found
        found.artifacts.removeAll { !$0.role.isInput }
        do {
            try addBinDigest(to: &found, from: worker)
        } catch WorkDenied.changed(let path) {
            return changed(path)
        } catch WorkDenied.blocked(let message) {
            return .blocked(message)
        } catch is WorkDenied {
            // What cannot be hashed either is recorded without its digest; why the run fails is known.
        }
        return try end(.failed(message: message), found)
    }

    private func changed(_ path: FilePath) -> Outcome {
        triple.files.contains { $0.path == path } ? .changed(path) : .samplesChanged
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
