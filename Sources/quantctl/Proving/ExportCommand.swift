import ArgumentParser
import Ledger
import Provenance
import SystemPackage
import Vocabulary

/// `quantctl export`: the ledger in the forms that other programs read.
struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Writes runs for other programs: JSON, CSV, in-toto statements, a CycloneDX bill of materials.",
        discussion: """
            json, jsonl and csv hold every run that has ended, intoto and cyclonedx those that have a result. An exported \
            statement is, byte for byte, the one that lies beside the model; several are one a line.

              quantctl export --format intoto vision/resnet18
              quantctl export --format cyclonedx vision/resnet18@17 -o resnet18.cdx.json
              quantctl export --format csv --all -o history.csv
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case json, jsonl, csv, intoto, cyclonedx

        /// Of runs without a result there is nothing to say in these.
        var needsResult: Bool { self == .intoto || self == .cyclonedx }
    }

    @Option(help: "json, jsonl, csv, intoto or cyclonedx.")
    var format: Format

    @OptionGroup var selection: RunSelection

    @Option(
        name: [.customShort("o"), .long],
        help: ArgumentHelp("Write to this file, which appears when it is whole.", valueName: "file"),
        completion: .file())
    var output: String?

    @OptionGroup var place: LedgerPlace

    func run() throws {
        let ledger = try place.openLedger()
        var sink = try AnswerFile(output.map { FilePath($0) })
        switch format {
        case .json:
            try sink.write("{\"schema_version\":1,\"runs\":[")
            var separator = "\n"
            try forEach(ledger) { run in
                try sink.write(separator + Json.line(try Self.detail(run, ledger)))
                separator = ",\n"
            }
            try sink.write("\n]}\n")
        case .jsonl:
            try forEach(ledger) { try sink.write(Json.line(try Self.detail($0, ledger)) + "\n") }
        case .csv:
            try sink.write(Csv.line(ExportedRun.columns))
            try forEach(ledger) { try sink.write(Csv.line(ExportedRun($0).record.values.map(Csv.cell))) }
        case .intoto:
            try forEach(ledger) { run in
                if let record = try Self.record(run, ledger) { try sink.write(Self.statement(record, run)) }
            }
        case .cyclonedx:
            var isFirst = true
            if selection.all { try sink.write(BillOfMaterials.opening(of: nil, at: .now)) }
            try forEach(ledger) { run in
                guard let record = try Self.record(run, ledger) else { return }
                if !selection.all { try sink.write(BillOfMaterials.opening(of: record, at: .now)) }
                try sink.write((isFirst ? "\n" : ",\n") + BillOfMaterials.component(of: record))
                isFirst = false
            }
            try sink.write("\n" + BillOfMaterials.closing)
        }
        try sink.finish()
    }

    private func forEach(_ ledger: LedgerReader, _ body: (RunDetail) throws -> Void) throws {
        try selection.forEach(in: ledger, withResult: format.needsResult) { run in
            if !selection.all, format.needsResult, run.summary.folder == nil {
                throw Complaint(
                    "run \(run.summary.run) of \(run.summary.model) is \(run.summary.status.rawValue); nothing of it was published",
                    .no)
            }
            try body(run)
        }
    }

    private static func detail(_ run: RunDetail, _ ledger: LedgerReader) throws -> RunDetailJson {
        RunDetailJson(
            run, metrics: try ledger.metrics(of: run.summary.run), layers: try ledger.layers(of: run.summary.run))
    }

    private static func record(_ run: RunDetail, _ ledger: LedgerReader) throws -> BuildRecord? {
        try BuildRecord(of: run, in: ledger)
    }

    /// The statement, made again; one that an older version made in another form is told of.
    private static func statement(_ record: BuildRecord, _ run: RunDetail) -> String {
        let text = Statement.text(of: record)
        if let published = run.artifacts.first(where: { $0.role == .statement })?.digest,
            published != Statement.digest(of: text)
        {
            StandardError.note(
                "the statement that run \(record.run) published has another form, made by quantd "
                    + "\(record.recipe.builderVersion); it is the one that counts")
        }
        return text
    }
}
