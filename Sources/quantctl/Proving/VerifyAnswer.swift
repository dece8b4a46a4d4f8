import Ledger
import Provenance
import Reporting
import Vocabulary

/// What `quantctl verify` says.
struct VerifyAnswer: Answer {
    private(set) var runs = 0
    private(set) var pruned = 0
    private(set) var files = 0
    private(set) var bytes: Int64 = 0
    private(set) var findings: [Finding] = []
    private(set) var notes: [String] = []
    private(set) var noteCount = 0
    let isSigned: Bool

    /// Of many runs the inputs of most were replaced: so many are told one by one.
    private static let noteLimit = 8

    init(isSigned: Bool) { self.isSigned = isSigned }

    mutating func add(_ answer: Verifier.Answer, of run: RunSummary) {
        runs += 1
        pruned += run.pruned == nil ? 0 : 1
        files += answer.files
        bytes += answer.bytes
        findings += answer.findings
        noteCount += answer.notes.count
        notes += answer.notes.prefix(max(0, Self.noteLimit - notes.count))
    }

    func lines(on page: Page) -> [Phrase] {
        var lines = findings.map { "\(Phrase("run \($0.run) of \($0.model)", .bad)): \($0)" as Phrase }
        lines += notes.map { "\(Phrase("note", .warning)): \($0)" }
        if noteCount > notes.count {
            lines.append("\(Phrase("note", .warning)): and \(noteCount - notes.count) more inputs or runs like these")
        }
        return (lines + [Phrase(sum, findings.isEmpty ? .good : .bad)]).flatMap {
            $0.wrapped(to: page.width, indent: 2)
        }
    }

    private var sum: String {
        let read = "\(Self.count(files, "file")), \(Figures.bytes(Int(bytes)))"
        let what = "\(Self.count(runs, "run"))\(pruned == 0 ? "" : " (\(pruned) pruned)")"
        guard findings.isEmpty else {
            let wrong = Set(findings.map(\.run)).count
            return "\(what), \(read) read: \(Self.count(findings.count, "thing")) wrong in \(Self.count(wrong, "run"))"
        }
        return "\(what), \(read) read: all as the ledger says\(isSigned ? ", and signed" : "")"
    }

    private static func count(_ number: Int, _ word: String) -> String {
        "\(number) \(word)\(number == 1 ? "" : "s")"
    }

    // MARK: For programs

    struct Document: Encodable {
        let schemaVersion = 1
        let sound: Bool
        let runs: Int
        let pruned: Int
        let files: Int
        let bytes: Int64
        let findings: [Record]
        let notes: [String]
    }

    var document: Document {
        Document(
            sound: findings.isEmpty, runs: runs, pruned: pruned, files: files, bytes: bytes,
            findings: findings.map(\.record), notes: notes)
    }

    /// One line for each thing that is wrong.
    var records: Records { Records(findings) }
}

extension Finding: Recordable {
    static let fields: [Field<Finding>] = [
        .integer("run") { $0.run },
        .text("model") { $0.model.text },
        .text("role") { $0.role?.rawValue },
        .path("path") { $0.path },
        .text("problem") { $0.code },
        .text("wanted") { $0.digests?.wanted.hex },
        .text("found") { $0.digests?.found.hex },
        .text("clause") { $0.description },
    ]

    private var digests: (wanted: ArtifactDigest, found: ArtifactDigest)? {
        if case .changed(let wanted, let found) = problem { (wanted, found) } else { nil }
    }
}
