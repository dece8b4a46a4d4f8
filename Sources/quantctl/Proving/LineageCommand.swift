import ArgumentParser
import Foundation
import Ledger
import Publishing
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

    @OptionGroup var options: LedgerOptions

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
        try options.show(LineageAnswer(digest: digest, uses: uses, maker: maker, inputs: inputs))
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
