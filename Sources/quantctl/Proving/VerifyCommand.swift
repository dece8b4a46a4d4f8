import ArgumentParser
import Ledger
import Provenance
import Reporting
import SystemPackage
import Vocabulary

/// `quantctl verify`: are the files still what the ledger says?
struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Reads what was published, and from what, again and holds it against the ledger.",
        discussion: """
            Reads the int8 twin, its statement, SHA256SUMS, and the inputs where they are still there. One changed bit anywhere \
            is found and named, with the digest that was wanted and the one that was found.

              quantctl verify vision/resnet18
              quantctl verify vision/resnet18@17 --key quantd.pub.pem
              quantctl verify --all --format json

            Exit code 1 where anything is missing, changed, or was added.
            """)

    @OptionGroup var selection: RunSelection

    @Option(
        help: ArgumentHelp(
            "A public Ed25519 key in PEM; every statement must be signed with its private key.", valueName: "file"),
        completion: .file(extensions: ["pem"]))
    var key: String?

    @OptionGroup var options: LedgerOptions

    func run() throws {
        let ledger = try options.openLedger()
        let progress = VerifyProgress(runs: try selection.count(in: ledger))
        var verifier = Verifier(ledger, key: try key.map { try VerifyingKey(FilePath($0)) }) { progress.read($0, $1) }
        var answer = VerifyAnswer(isSigned: key != nil)
        try selection.forEach(in: ledger) { run in
            guard run.summary.folder != nil else {
                let end = run.summary.message.map { ": \($0)" } ?? ""
                throw Complaint(
                    "run \(run.summary.run) of \(run.summary.model) is \(run.summary.status.rawValue)\(end); nothing of it was "
                        + "published", .no)
            }
            answer.add(try verifier.verify(run), of: run.summary)
            progress.ended()
        }
        progress.clear()
        try options.show(answer)
        if !answer.findings.isEmpty { throw ExitCode.no }
    }
}

/// Says on a terminal how far the reading is.
private final class VerifyProgress {
    private let line = ProgressLine()
    private let runs: Int
    private var done = 0
    private var bytes = 0
    private var shown = ContinuousClock.now

    init(runs: Int) { self.runs = runs }

    func read(_ path: FilePath, _ count: Int) {
        bytes += count
        // A terminal that is written to for every piece would be what takes the time.
        guard ContinuousClock.now - shown > .milliseconds(100) else { return }
        shown = .now
        line.show("run \(done + 1) of \(runs), \(Figures.bytes(bytes)) read: \(path.lastComponent?.string ?? "")")
    }

    func ended() { done += 1 }

    func clear() { line.clear() }
}
