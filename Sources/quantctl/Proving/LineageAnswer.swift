import Ledger
import Reporting
import Vocabulary

/// What `quantctl lineage` says.
struct LineageAnswer: Answer {
    let digest: ArtifactDigest
    /// The latest first.
    let uses: [ArtifactUse]
    /// nil where no run made it.
    let maker: ArtifactUse?
    /// What the maker read.
    let inputs: [RunArtifact]

    /// So many rows are for people.
    private static let limit = 20

    func lines(on page: Page) -> [Phrase] {
        let head: Phrase = "sha256 \(digest.hex, .strong)"
        return [head.wrapped(to: page.width), made(on: page), others(on: page)].separated()
    }

    private func made(on page: Page) -> [Phrase] {
        guard let maker else { return [] }
        let run = maker.run
        let verdict = run.verdict.map { " \($0.phrase)" as Phrase } ?? ""
        let head: Phrase = """
            made by run \(run.run) of \(run.model, .strong) as its \(maker.role.rawValue), \(run.status.phrase)\(verdict) \
            \(Figures.clock(run.finished ?? run.queued)), from
            """
        return [head.wrapped(to: page.width), ShowAnswer.table(of: inputs).lines(width: page.width)].separated()
    }

    private func others(on page: Page) -> [Phrase] {
        let others = uses.filter { $0.run.run != maker?.run.run || $0.role != maker?.role }
        guard !others.isEmpty else { return [] }
        var table = TextTable([
            .number("RUN"), .text("MODEL", least: 16), .word("STATUS"), .word("WHEN", rank: 1), .word("AS"),
            .path("PATH", rank: 0),
        ])
        for use in others.prefix(Self.limit) {
            let run = use.run
            table.add([
                "\(run.run)", "\(run.model)", run.status.phrase, Phrase(Figures.clock(run.finished ?? run.queued)),
                Phrase(use.role.rawValue), Phrase(use.path.string),
            ])
        }
        let more = others.count - Self.limit
        let rest: [Phrase] = more > 0 ? [Phrase("and \(Figures.grouped(more)) more; --json has them", .faint)] : []
        return [[maker == nil ? "read by" : "also in"], table.lines(width: page.width) + rest].separated()
    }

    // MARK: For programs

    struct Document: Encodable {
        struct Use: Encodable {
            let role: String
            let path: String
            let pathBase64: String?
            let run: Record

            init(_ use: ArtifactUse) {
                role = use.role.rawValue
                path = use.path.string
                pathBase64 = use.path.base64
                run = use.run.record
            }
        }

        let schemaVersion = 1
        let sha256: String
        let madeBy: Use?
        let inputs: [Record]
        let uses: [Use]
    }

    var document: Document {
        Document(
            sha256: digest.hex, madeBy: maker.map(Document.Use.init), inputs: inputs.map(\.record),
            uses: uses.map(Document.Use.init))
    }

    /// One line for each run that read or made it.
    var records: Records { Records(uses) }
}

extension ArtifactUse: Recordable {
    static let fields: [Field<ArtifactUse>] =
        [.text("role") { $0.role.rawValue }, .path("path") { $0.path }]
        + RunSummary.fields.map { $0.within { $0.run } }
}
