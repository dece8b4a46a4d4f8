import Foundation
public import Ledger
import ModelFormat
import Publishing
public import SystemPackage
import Vocabulary

/// Holds what lies on the disk against the ledger.
public struct Verifier {
    /// What came of one run.
    public struct Answer: Sendable {
        /// The files that were read, and their bytes.
        public internal(set) var files = 0
        public internal(set) var bytes: Int64 = 0
        /// What is wrong.
        public internal(set) var findings: [Finding] = []
        /// What could not be checked and is nobody's fault, as lower-case clauses: an input that has gone meanwhile.
        public internal(set) var notes: [String] = []
    }

    private let ledger: LedgerReader
    private let key: VerifyingKey?
    private let progress: (FilePath, Int) -> Void
    /// Inputs are shared between the runs of a model: each is read once.
    private var known: [FilePath: (identity: FileIdentity, digest: ArtifactDigest)] = [:]

    /// - Parameters:
    ///   - key: the key that every statement must be signed with; nil where signatures are not asked for.
    ///   - progress: hears which file is read, and how many bytes were read since it was called last.
    public init(
        _ ledger: LedgerReader, key: VerifyingKey? = nil, progress: @escaping (FilePath, Int) -> Void = { _, _ in }
    ) {
        self.ledger = ledger
        self.key = key
        self.progress = progress
    }

    /// Reads the files that a run published, and those that it read where they are still there.
    ///
    /// The inputs of a model change as it gets new versions: one that a later run read in the state in which it is now was
    /// replaced, anything else is a finding.
    public mutating func verify(_ run: RunDetail) throws(LedgerError) -> Answer {
        var answer = Answer()
        if let pruned = run.summary.pruned {
            answer.notes.append("run \(run.summary.run) was pruned on \(pruned), its folder is gone")
        } else if let folder = run.summary.folder {
            for artifact in run.artifacts where !artifact.role.isInput { check(artifact, of: run, &answer) }
            checkNames(in: folder, of: run, &answer)
            checkSignature(of: run, &answer)
            // Whoever pruned it while we looked did no harm.
            if !answer.findings.isEmpty, let now = try ledger.run(.number(run.summary.run)), now.summary.pruned != nil {
                return try verify(now)
            }
        }
        for artifact in run.artifacts where artifact.role.isInput { try checkInput(artifact, of: run, &answer) }
        return answer
    }

    private func check(_ artifact: RunArtifact, of run: RunDetail, _ answer: inout Answer) {
        guard let wanted = artifact.digest else { return }
        do throws(PublishingError) {
            let found = try read(artifact.path, followsLinks: false, &answer)
            if found != wanted { find(.changed(wanted: wanted, found: found), artifact, of: run, &answer) }
        } catch {
            find(Self.problem(error), artifact, of: run, &answer)
        }
    }

    private static func problem(_ error: PublishingError) -> Finding.Problem {
        switch error.reason {
        case .system(_, .noSuchFileOrDirectory), .system(_, .notDirectory): .missing
        case .system(_, let code): .unreadable("cannot be read: \(String(describing: code).lowercased())")
        default: .unreadable("is no regular file")
        }
    }

    private mutating func checkInput(
        _ artifact: RunArtifact, of run: RunDetail, _ answer: inout Answer
    ) throws(LedgerError) {
        guard let wanted = artifact.digest else { return }
        guard let identity = FileIdentity(of: artifact.path) else {
            answer.notes.append(
                "\(artifact.path) is gone, it was the \(artifact.role.rawValue) of run \(run.summary.run)")
            return
        }
        let found: ArtifactDigest
        if let earlier = known[artifact.path], earlier.identity == identity {
            found = earlier.digest
        } else {
            do throws(PublishingError) {
                found = try read(artifact.path, followsLinks: true, &answer)
                known[artifact.path] = (identity, found)
            } catch {
                return find(Self.problem(error), artifact, of: run, &answer)
            }
        }
        guard found != wanted else { return }
        let later = try ledger.uses(of: found).first { $0.run.run > run.summary.run && $0.path == artifact.path }
        if let later {
            answer.notes.append(
                "\(artifact.path) was replaced, it is now the \(later.role.rawValue) of run \(later.run.run)")
        } else {
            find(.changed(wanted: wanted, found: found), artifact, of: run, &answer)
        }
    }

    /// A published folder never changes: nothing is added to it either.
    private func checkNames(in folder: FilePath, of run: RunDetail, _ answer: inout Answer) {
        let published = Set(run.artifacts.compactMap { $0.role.isInput ? nil : $0.path.lastComponent?.string })
        // A folder that cannot be listed has been found already, by its files.
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder.string) else { return }
        for name in names.sorted() where !published.contains(name) {
            answer.findings.append(
                Finding(
                    run: run.summary.run, model: run.summary.model, role: nil, path: folder.appending(name),
                    problem: .stray))
        }
    }

    private func checkSignature(of run: RunDetail, _ answer: inout Answer) {
        guard let key, let statement = run.artifacts.first(where: { $0.role == .statement }) else { return }
        guard let signature = run.artifacts.first(where: { $0.role == .signature }) else {
            return find(.unsigned, statement, of: run, &answer)
        }
        // What cannot be read has been found already.
        guard let text = try? FileBytes.contents(of: statement.path, limit: 1 << 26),
            let bytes = try? FileBytes.contents(of: signature.path, limit: 1 << 10)
        else { return }
        if !key.isValid(bytes, of: text) { find(.wrongSignature, signature, of: run, &answer) }
    }

    private func read(
        _ path: FilePath, followsLinks: Bool, _ answer: inout Answer
    ) throws(PublishingError) -> ArtifactDigest {
        progress(path, 0)
        let found = try FileDigest(of: path, followsLinks: followsLinks) { progress(path, $0) }
        answer.files += 1
        answer.bytes += found.length
        return found.digest
    }

    private func find(
        _ problem: Finding.Problem, _ artifact: RunArtifact, of run: RunDetail, _ answer: inout Answer
    ) {
        answer.findings.append(
            Finding(
                run: run.summary.run, model: run.summary.model, role: artifact.role, path: artifact.path,
                problem: problem))
    }
}
