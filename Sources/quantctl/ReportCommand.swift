import ArgumentParser
import Ledger
import Reporting
import SystemPackage
import Vocabulary

/// `quantctl report RUN`: a run as a page for the browser.
struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Writes a run as one HTML page: accuracy, layers, weights, provenance.",
        discussion: """
            The page stands for itself: it fetches nothing, runs nothing, and can be mailed, kept or printed. How the weights are \
            spread is counted from the files that the run read and made, as long as they are still the same bytes; else the page \
            says why not.

              quantctl report vision/resnet18
              quantctl report 17 -o resnet18.html
              quantctl report vision/resnet18@-1 -o - | lynx -stdin
            """)

    @OptionGroup var argument: RunArgument

    @Option(
        name: [.customShort("o"), .long],
        help: ArgumentHelp(
            "Write to this file, which appears when it is whole; - is standard output. Without it: <model>-<run>.html here.",
            valueName: "file"),
        completion: .file(extensions: ["html"]))
    var output: String?

    @OptionGroup var place: LedgerPlace

    func run() throws {
        let ledger = try place.openLedger()
        let detail = try argument.find(in: ledger)
        let run = detail.summary
        let progress = ReadingProgress()
        let shapes = WeightShapes(of: detail) { progress.read($0, $1) }
        progress.clear()
        let report = Report(
            detail, metrics: try ledger.metrics(of: run.run), layers: try ledger.layers(of: run.run), shapes: shapes,
            ledger: ledger.path)
        guard output != "-" else { return try StandardOutput.write(report.html) }
        let target = FilePath(output ?? Self.name(of: run))
        let html = report.html
        var file = try AnswerFile(target)
        try file.write(html)
        try file.finish()
        try StandardOutput.write("\(target): \(Figures.bytes(html.utf8.count))\n")
    }

    /// `resnet18-17.html`.
    static func name(of run: RunSummary) -> String {
        "\(run.model.base)-\(run.run).html"
    }
}

/// Says on a terminal which file is read, and how far it is.
private final class ReadingProgress {
    private let line = ProgressLine()
    private var bytes = 0
    private var shown = ContinuousClock.now

    func read(_ path: FilePath, _ count: Int) {
        bytes += count
        // A terminal that is written to for every piece would be what takes the time.
        guard ContinuousClock.now - shown > .milliseconds(100) else { return }
        shown = .now
        line.show("\(Figures.bytes(bytes)) read: \((path.lastComponent?.string ?? "").harmless)")
    }

    func clear() { line.clear() }
}
