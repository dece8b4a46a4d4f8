import ArgumentParser
import Foundation
import Ledger
import Publishing
import Reporting
import SystemPackage
import Vocabulary

/// `quantctl lineage`: where does this file come from, and what came of it?
struct LineageCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lineage",
        abstract: "Says which run made a file and from what, and which runs used it.",
        discussion: """
            The file is known by its content, wherever it lies and whatever it is called: one taken out of a device's firmware will \
            do. A digest may be cut short as long as it is unique.

              quantctl lineage firmware/model.bin
              quantctl lineage 6458ba81e68e
            """)

    @Argument(help: "A file, or the first digits of a SHA-256.", completion: .file())
    var file: String

    @OptionGroup var options: ProvingOptions

    func run() throws {
        let ledger = try options.openLedger()
        let digest = try digest(in: ledger)
        let uses = try ledger.uses(of: digest)
        guard !uses.isEmpty else {
            throw Complaint("no run read or made a file with the SHA-256 \(digest)", .absent)
        }
        // The first that made it computed it; later ones published the same content again.
        let maker = uses.last { !$0.role.isInput }
        let inputs = try maker.map { try ledger.artifacts(of: $0.run.run).filter(\.role.isInput) } ?? []
        let answer = Lineage(digest: digest, uses: uses, maker: maker, inputs: inputs)
        switch options.format {
        case .table: print(answer.text)
        case .json: print(try Json.text(answer.json))
        }
    }

    private func digest(in ledger: LedgerReader) throws -> ArtifactDigest {
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: file, isDirectory: &isFolder) {
            guard !isFolder.boolValue else {
                throw Complaint("\(file) is a folder, wanted a file or a SHA-256", .absent)
            }
            return try FileDigest(of: FilePath(file), followsLinks: true).digest
        }
        guard file.count >= 4, file.count <= 64, file.allSatisfy({ $0.isASCII && $0.isHexDigit }) else {
            throw Complaint("there is no file '\(file)', and it is no SHA-256 (4 to 64 hexadecimal digits)", .absent)
        }
        let digests = try ledger.digests(beginningWith: file)
        guard let digest = digests.first else {
            throw Complaint("no run read or made a file whose SHA-256 begins with \(file)", .absent)
        }
        guard digests.count == 1 else {
            let some = digests.prefix(4).map(\.hex).joined(separator: ", ")
            throw Complaint("\(file) is short for several contents: \(some)\(digests.count > 4 ? ", …" : "")", .absent)
        }
        return digest
    }
}

/// What `quantctl lineage` says.
struct Lineage {
    let digest: ArtifactDigest
    /// The latest first.
    let uses: [ArtifactUse]
    let maker: ArtifactUse?
    let inputs: [RunArtifact]

    /// So many rows are for people.
    private static let limit = 20

    var text: String {
        var parts = ["sha256 \(digest)"]
        if let maker {
            let run = maker.run
            parts.append("made by run \(run.run) of \(run.model) as its \(maker.role.rawValue), \(Self.end(run)), from")
            var table = TextTable([.word("FILE"), .number("BYTES"), .word("SHA-256"), .path("PATH")])
            for input in inputs {
                table.add([input.role.rawValue, "\(input.size)", input.digest?.short ?? "not read", input.path.string])
            }
            parts.append(table.lines().map(\.text).joined(separator: "\n"))
        }
        let others = uses.filter { $0.run.run != maker?.run.run || $0.role != maker?.role }
        if !others.isEmpty {
            parts.append(maker == nil ? "read by" : "also in")
            var table = TextTable([
                .number("RUN"), .word("MODEL"), .word("STATUS"), .word("WHEN"), .word("AS"), .path("PATH"),
            ])
            for use in others.prefix(Self.limit) {
                let run = use.run
                table.add([
                    "\(run.run)", run.model.text, run.status.rawValue, Figures.clock(run.finished ?? run.queued),
                    use.role.rawValue, use.path.string,
                ])
            }
            let more = others.count - Self.limit
            parts.append((table.lines().map(\.text) + (more > 0 ? ["and \(more) more"] : [])).joined(separator: "\n"))
        }
        return parts.joined(separator: "\n\n")
    }

    private static func end(_ run: RunSummary) -> String {
        let verdict = run.verdict.map { " \($0.rawValue)" } ?? ""
        return "\(run.status.rawValue)\(verdict) \(Figures.clock(run.finished ?? run.queued))"
    }

    struct Document: Encodable {
        struct Use: Encodable {
            let role: String
            let path: String
            let run: Record
        }

        let schemaVersion = 1
        let sha256: String
        let madeBy: Use?
        let inputs: [Record]
        let uses: [Use]
    }

    var json: Document {
        func document(_ use: ArtifactUse) -> Document.Use {
            Document.Use(role: use.role.rawValue, path: use.path.string, run: use.run.record)
        }
        return Document(
            sha256: digest.hex, madeBy: maker.map(document),
            inputs: inputs.map(\.record), uses: uses.map(document))
    }
}
