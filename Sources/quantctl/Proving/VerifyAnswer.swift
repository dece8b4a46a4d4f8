import Ledger
import Provenance
import Reporting
import Vocabulary

/// What `quantctl verify` says.
struct VerifyAnswer {
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

    var text: String {
        var lines = findings.map { "run \($0.run) of \($0.model): \($0)" }
        lines += notes.map { "note: \($0)" }
        if noteCount > notes.count {
            lines.append("note: and \(noteCount - notes.count) more inputs or runs like these")
        }
        lines.append(sum)
        return lines.joined(separator: "\n")
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
}

/// The same in JSON; `docs/json.md` describes the fields.
struct VerifyJson: Encodable {
    struct Found: Encodable {
        let run: Int
        let model: String
        let role: String?
        let path: String
        let problem: String
        let wanted: String?
        let found: String?
        let clause: String

        init(_ finding: Finding) {
            run = finding.run
            model = finding.model.text
            role = finding.role?.rawValue
            path = finding.path.string
            problem = finding.code
            clause = finding.description
            if case .changed(let wanted, let found) = finding.problem {
                (self.wanted, self.found) = (wanted.hex, found.hex)
            } else {
                (wanted, found) = (nil, nil)
            }
        }
    }

    let schemaVersion = 1
    let sound: Bool
    let runs: Int
    let pruned: Int
    let files: Int
    let bytes: Int64
    let findings: [Found]
    let notes: [String]

    init(_ answer: VerifyAnswer) {
        sound = answer.findings.isEmpty
        runs = answer.runs
        pruned = answer.pruned
        files = answer.files
        bytes = answer.bytes
        findings = answer.findings.map(Found.init)
        notes = answer.notes
    }
}
