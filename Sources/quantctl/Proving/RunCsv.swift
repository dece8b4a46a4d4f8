import Ledger
import Vocabulary

/// Runs as comma-separated values (RFC 4180): one line each, with the digests of what was read and made.
enum RunCsv {
    private struct Column: Sendable {
        let name: String
        let value: @Sendable (RunDetail) -> String?

        init(_ name: String, _ value: @escaping @Sendable (RunDetail) -> String?) {
            self.name = name
            self.value = value
        }
    }

    private static let columns: [Column] =
        facts
        + ArtifactRole.allCases.map { role in
            Column("\(role.rawValue.replacing(".", with: "_"))_sha256") { run in
                run.artifacts.first { $0.role == role }?.digest?.hex
            }
        }

    private static let facts: [Column] = [
        Column("run") { "\($0.summary.run)" },
        Column("uuid") { $0.uuid },
        Column("model") { text($0.summary.model.text) },
        Column("status") { $0.summary.status.rawValue },
        Column("verdict") { $0.summary.verdict?.rawValue },
        Column("message") { text($0.summary.message) },
        Column("trigger") { $0.summary.trigger.rawValue },
        Column("queued") { $0.summary.queued.description },
        Column("started") { $0.summary.started?.description },
        Column("finished") { $0.summary.finished?.description },
        Column("attempts") { "\($0.summary.attempts)" },
        Column("layers") { $0.summary.layers.map { "\($0)" } },
        Column("int8_layers") { $0.summary.int8Layers.map { "\($0)" } },
        Column("bytes_before") { $0.summary.bytesBefore.map { "\($0)" } },
        Column("bytes_after") { $0.summary.bytesAfter.map { "\($0)" } },
        Column("worst_sqnr_db") { $0.summary.worstSQNR.map { "\($0)" } },
        Column("worst_layer") { text($0.summary.worstLayer) },
        Column("folder") { text($0.summary.folder?.string) },
        Column("cached_from") { $0.summary.cachedFrom.map { "\($0)" } },
        Column("pruned") { $0.summary.pruned?.description },
        Column("builder_version") { $0.recipe?.builderVersion },
        Column("settings") { text($0.recipe?.settings) },
    ]

    static var header: String { line(columns.map(\.name)) }

    static func line(_ run: RunDetail) -> String {
        line(columns.map { $0.value(run) ?? "" })
    }

    private static func line(_ cells: [String]) -> String {
        cells.map(quoted).joined(separator: ",") + "\r\n"
    }

    /// A text that begins like a formula gets an apostrophe, since files may be called anything and spreadsheets run it.
    private static func text(_ text: String?) -> String? {
        guard let text, let first = text.first, "=+-@\t\r".contains(first) else { return text }
        return "'" + text
    }

    private static func quoted(_ cell: String) -> String {
        guard cell.utf8.contains(where: { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }) else { return cell }
        return "\"" + cell.replacing("\"", with: "\"\"") + "\""
    }
}
