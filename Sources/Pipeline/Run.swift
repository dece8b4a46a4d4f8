import Evaluating
import Foundation
import Ledger
import ModelFormat
import Provenance
import Publishing
import Quantizing
import SystemPackage
import Vocabulary

/// One attempt at one triple, from its files to its row in the ledger: the order of things on one screen.
///
/// It computes and waits for the disk, so it belongs on a thread of the workers'.
struct Run: Sendable {
    let number: Int
    let triple: Triple
    let trigger: RunTrigger
    let configuration: Configuration
    let ledger: LedgerWriter
    let publisher: Publisher
    /// With what statements are signed; nil where they are not.
    let key: SigningKey?
    let stop: StopFlag

    /// What became of the attempt.
    enum Outcome: Sendable {
        case ended(RunEnd)
        /// Nothing new: the latest run of this model had the same bytes and settings.
        case unchanged
        /// The files changed meanwhile; they are assembled again.
        case changed(FilePath)
        /// The daemon stops, and there was more to do than it can wait for.
        case stopped
        /// The disk is full, the output is read-only and the like: to be tried again.
        case blocked(String)
    }

    /// hash → look up → quantize → evaluate → judge → publish → record.
    func perform() throws -> Outcome {
        do {
            let settings = try settings()
            let samples = SampleFolder.path(for: triple)
            let dataset = try samples.map(SampleFolder.digest)
            let recipe = Recipe(settings, dataset: dataset)
            try ledger.begin(number, with: recipe)
            let order = WorkOrder(triple: triple, settings: settings, samples: samples, stop: stop)
            let inputs = try order.digests()
            let found = RunResults(artifacts: artifacts(inputs))
            if let earlier = try earlier(inputs, recipe) {
                if earlier.isLatestOfModel { return .unchanged }
                if let cached = try republish(earlier, found) { return cached }
            }
            try publisher.requireSpace(triple.param.identity.size + triple.bin.identity.size)
            var staged = try stage()
            let made = try make(order, in: &staged)
            var results = RunResults(
                artifacts: found.artifacts, layers: made.quantization.layers, metrics: made.metrics(dataset))
            // `warn` publishes what breaks the limits, `reject` and a repair that did not mend it do not.
            if made.gate.verdict == .failed {
                try staged.discard()
                try record(made)
                return try end(.rejected(message: made.gate.message), results)
            }
            results.artifacts += try twin(in: &staged)
            let time = Timestamp.now
            let folder = try publish(staged, &results, verdict: made.gate.verdict, source: nil, at: time)
            try record(made)
            return try end(.published(folder: folder, verdict: made.gate.verdict), results, at: time)
        } catch WorkOrder.Failure.changed(let path) {
            return .changed(path)
        } catch is CancellationError {
            return .stopped
        } catch let error as PublishingError where error.isBlocked {
            return .blocked("\(error)")
        } catch let error as LedgerError where error.isBlocked {
            return .blocked("\(error)")
        } catch let error as Errno {
            return .blocked("the output cannot be written: \(String(describing: error).lowercased())")
        } catch let error as LedgerError {
            throw error
        } catch {
            return try end(.failed(message: "\(error)"), RunResults())
        }
    }

    // MARK: Steps

    private func settings() throws -> RunSettings {
        try triple.settings.map { try ModelSettings($0.path, over: configuration).run } ?? configuration.run
    }

    /// Lets the order be carried out in a folder that nobody sees yet.
    private func make(_ order: WorkOrder, in staged: inout StagedFolder) throws -> WorkOrder.Result {
        let param = PublishedFile.param.name(of: triple.name)
        let bin = PublishedFile.bin.name(of: triple.name)
        let (paramPath, binPath) = (try staged.path(of: param), try staged.path(of: bin))
        return try order.perform(param: paramPath, bin: binPath)
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

    /// Writes the statement and its signature beside the twin and lets the folder appear.
    ///
    /// - Parameters:
    ///   - results: holds inputs and twin; what lies beside them is added.
    ///   - source: the run that computed the result, where this one did not.
    ///   - time: when the run has ended; the ledger has to be told the same.
    /// - Returns: the folder's final name.
    private func publish(
        _ staged: consuming StagedFolder, _ results: inout RunResults, verdict: Verdict?, source: RunDetail?,
        at time: Timestamp
    ) throws -> FilePath {
        guard let detail = try ledger.detail(of: number),
            let record = BuildRecord(
                detail, artifacts: results.artifacts, metrics: results.metrics, verdict: verdict, source: source,
                finished: time)
        else { throw Unproven() }
        let statement = Statement.text(of: record)
        try staged.write(PublishedFile.statement.name(of: triple.name), Array(statement.utf8))
        if let key {
            try staged.write(PublishedFile.signature.name(of: triple.name), try key.signature(of: statement))
        }
        let folder = try staged.commit()
        let beside: [(ArtifactRole, String)] = [
            (.statement, PublishedFile.statement.name(of: triple.name)),
            (.signature, PublishedFile.signature.name(of: triple.name)), (.sums, PublishedFile.checksums),
        ]
        for (role, name) in beside {
            guard let file = folder.file(name) else { continue }
            results.artifacts.append(
                RunArtifact(role: role, path: file.path, digest: file.digest, size: file.length))
        }
        return folder.path
    }

    /// A defect: what a run has read and made is known when it publishes.
    private struct Unproven: Error, CustomStringConvertible {
        let description = "the statement cannot be made, a digest is missing"
    }

    /// Notes how the evaluation went and what the repair did, one event each.
    private func record(_ made: WorkOrder.Result) throws {
        func note(_ kind: String, _ message: String) throws {
            try ledger.record(LedgerEvent(run: number, model: triple.name, at: .now, kind: kind, message: message))
        }
        for message in made.quantization.notes { try note("table", message) }
        for message in made.evaluation.notes + made.gate.unchecked { try note("evaluation", message) }
        for step in made.repairs { try note("repair", step.message) }
    }

    /// A folder to fill. An attempt that published, but could not be recorded because the disk was full, left its folder;
    /// nobody was told of it.
    private func stage() throws -> StagedFolder {
        let place = PublishedRun(model: triple.name, run: number)
        try publisher.withdraw(place)
        return try publisher.stage(place)
    }

    /// The latest result of the same bytes with the same recipe; whoever asks for a run anew wants none.
    private func earlier(_ inputs: [FilePath: ArtifactDigest], _ recipe: Recipe) throws -> EarlierResult? {
        guard trigger != .retry, let param = inputs[triple.param.path], let bin = inputs[triple.bin.path] else {
            return nil
        }
        return try ledger.earlierResult(
            param: param, bin: bin, table: triple.table.flatMap { inputs[$0.path] }, recipe: recipe, for: triple.name)
    }

    /// Publishes the files of an earlier run under this run's name; nil where they are not there any more, or hold what is
    /// nobody's result.
    private func republish(_ earlier: EarlierResult, _ found: RunResults) throws -> Outcome? {
        var staged = try stage()
        var results = found
        for (role, file) in Self.twin {
            guard let original = earlier.files.first(where: { $0.role == role }),
                FileIdentity(of: original.path)?.size == original.size
            else { return nil }
            do {
                try original.path.copy(to: try staged.path(of: file.name(of: triple.name)))
            } catch is FormatError {
                // It was pruned this very moment.
                return nil
            }
        }
        let twin = try twin(in: &staged)
        guard twin.allSatisfy({ copy in earlier.files.contains { $0.role == copy.role && $0.digest == copy.digest } })
        else { return nil }
        results.artifacts += twin
        guard let source = try ledger.detail(of: earlier.run) else { return nil }
        let time = Timestamp.now
        // The figures of the run that computed; the ledger shows them for this one too.
        results.metrics = try ledger.metrics(of: earlier.run)
        let folder = try publish(staged, &results, verdict: source.summary.verdict, source: source, at: time)
        results.metrics = []
        return try end(.cached(from: earlier.run, folder: folder), results, at: time)
    }

    private static let twin: [(ArtifactRole, PublishedFile)] = [(.int8Param, .param), (.int8Bin, .bin)]

    private func end(_ end: RunEnd, _ results: RunResults, at time: Timestamp = .now) throws -> Outcome {
        try ledger.finish(number, end, results, at: time)
        return .ended(end)
    }

    private func artifacts(_ digests: [FilePath: ArtifactDigest]) -> [RunArtifact] {
        let roles: [(ArtifactRole, Triple.File?)] = [
            (.param, triple.param), (.bin, triple.bin), (.table, triple.table), (.settings, triple.settings),
        ]
        return roles.compactMap { role, file in
            file.map { RunArtifact(role: role, path: $0.path, digest: digests[$0.path], size: $0.identity.size) }
        }
    }
}

extension WorkOrder.Result {
    /// The figures as the ledger keeps them.
    fileprivate func metrics(_ dataset: ArtifactDigest?) -> [MetricRecord] {
        evaluation.figures.map {
            MetricRecord(
                $0.metric, interval: $0.interval, dataset: evaluation.dataset,
                datasetDigest: evaluation.dataset == nil ? nil : dataset)
        }
    }
}

extension GateResult {
    /// All limits that do not hold, in one clause.
    fileprivate var message: String {
        breaches.map(\.description).joined(separator: "; ")
    }
}

extension Repair.Step {
    /// What the step did and what it bought, in one clause.
    fileprivate var message: String {
        let changes = zip(before, after).compactMap { before, after -> String? in
            guard before.metric.type == EvaluationMetric.sqnr, let old = before.metric.int8, let new = after.metric.int8
            else { return nil }
            return "SQNR of \(after.metric.slice) \(old.rounded(to: 1)) → \(new.rounded(to: 1)) dB"
        }
        return "\(layer) is float again: \(changes.joined(separator: ", "))"
    }
}

extension Double {
    fileprivate func rounded(to decimals: Int) -> String {
        String(format: "%.\(decimals)f", self)
    }
}
