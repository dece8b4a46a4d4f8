import Ledger
import Vocabulary

/// A run as a line of `quantctl export`: all of it that is one value, with the digests of what was read and made.
struct ExportedRun: Recordable {
    private let run: RunDetail

    init(_ run: RunDetail) { self.run = run }

    static let fields: [Field<ExportedRun>] =
        RunSummary.fields.map { $0.within { $0.run.summary } }
        + [
            .text("uuid") { $0.run.uuid },
            .text("float_storage") { $0.run.recipe?.floatStorage },
            .text("builder_version") { $0.run.recipe?.builderVersion },
            .text("settings") { $0.run.recipe?.settings },
        ]
        + ArtifactRole.allCases.map { role in
            .text("\(role.rawValue.replacing(".", with: "_"))_sha256") { line in
                line.run.artifacts.first { $0.role == role }?.digest?.hex
            }
        }

    static var columns: [String] { fields.flatMap(\.names) }
}
