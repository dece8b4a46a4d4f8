import Ledger
import Reporting
import SystemPackage

/// What `quantctl db check` says.
struct DbCheckAnswer: Answer {
    /// Something that is wrong with the file.
    struct Fault: Recordable {
        /// `damage` or `orphan`.
        let kind: String
        let clause: String

        static let fields: [Field<Fault>] = [.text("kind") { $0.kind }, .text("clause") { $0.clause }]
    }

    struct Document: Encodable {
        let schemaVersion = 1
        let path: String
        let pathBase64: String?
        let sound: Bool
        let quick: Bool
        let ledgerSchema: Int
        let damage: [String]
        let orphans: [String]
    }

    let check: LedgerCheck
    let path: FilePath
    let isQuick: Bool

    var document: Document {
        Document(
            path: path.string, pathBase64: path.base64, sound: check.isSound, quick: isQuick,
            ledgerSchema: LedgerReader.schemaVersion, damage: check.damage, orphans: check.orphans)
    }

    /// One line for each thing that is wrong.
    var records: Records {
        Records(
            check.damage.map { Fault(kind: "damage", clause: $0) }
                + check.orphans.map { Fault(kind: "orphan", clause: $0) })
    }

    func lines(on page: Page) -> [Phrase] {
        var lines: [Phrase] = check.damage.map { "\(Phrase("damaged", .bad)): \($0)" }
        lines += check.orphans.map { "\(Phrase("points at nothing", .bad)): \($0)" }
        let how = isQuick ? "quick check of its structure" : "full check of its structure"
        let result =
            check.isSound
            ? Phrase("sound", .good) : Phrase("\(check.damage.count + check.orphans.count) things wrong", .bad)
        lines.append(
            "\(path): a ledger with schema \(LedgerReader.schemaVersion); \(how) and of its references: \(result)")
        if !check.isSound { lines.append("stop quantd, keep the file, and put a backup in its place") }
        return lines.flatMap { $0.wrapped(to: page.width, indent: 2) }
    }
}

/// What `quantctl db backup` says.
struct DbBackupAnswer: Answer, Recordable {
    struct Document: Encodable {
        let schemaVersion = 1
        let path: String
        let pathBase64: String?
        let bytes: Int64
    }

    let path: FilePath
    let bytes: Int64

    static let fields: [Field<DbBackupAnswer>] = [.path("path") { $0.path }, .bytes("bytes") { $0.bytes }]

    var document: Document { Document(path: path.string, pathBase64: path.base64, bytes: bytes) }
    var records: Records { Records([self]) }

    func lines(on page: Page) -> [Phrase] { ["\(path): \(Figures.bytes(Int(bytes)))"] }
}
