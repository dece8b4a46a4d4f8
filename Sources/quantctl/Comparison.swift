import Ledger
import Reporting
import Vocabulary

/// What `quantctl compare` says: two runs, A and B, figure by figure.
struct Comparison: Answer {
    /// One of both.
    struct Side {
        let detail: RunDetail
        let metrics: [MetricRecord]
        let layers: [LayerReport]
    }

    /// One figure of both. Everything that is said, to people and programs, is in these.
    struct Line: Recordable, Hashable {
        /// What a figure is one of.
        enum Part: String {
            case run
            case file
            case setting
            case metric
            case layer
        }

        let part: Part
        /// Which file, setting, metric or layer; empty for the run.
        let name: String
        let figure: String
        let a: FieldValue?
        let b: FieldValue?

        /// Contents that nobody has read are not known to be the same.
        var isSame: Bool { a == b && (a != nil || figure != "sha256") }

        /// B minus A; nil unless both are numbers.
        var delta: FieldValue? {
            switch (a, b) {
            case (.integer(let a), .integer(let b)): .integer(b.subtractingReportingOverflow(a).partialValue)
            case (.number(let a), .number(let b)): .number(b - a)
            default: nil
            }
        }

        static let fields: [Field<Line>] = [
            .text("part") { $0.part.rawValue },
            .text("name") { $0.name },
            .text("figure") { $0.figure },
            .any("a") { $0.a },
            .any("b") { $0.b },
            .any("delta") { $0.delta },
            .flag("same") { $0.isSame },
        ]
    }

    struct Document: Encodable {
        let schemaVersion = 1
        let a: Record
        let b: Record
        let same: Bool
        let lines: [Record]
    }

    let a: Side
    let b: Side
    let lines: [Line]
    /// Whether people are also shown what is the same.
    let isComplete: Bool

    init(_ a: Side, _ b: Side, isComplete: Bool) {
        self.a = a
        self.b = b
        self.isComplete = isComplete
        lines =
            Self.run(a.detail, b.detail) + Self.files(a.detail, b.detail) + Self.settings(a.detail, b.detail)
            + Self.metrics(a.metrics, b.metrics) + Self.layers(a.layers, b.layers)
    }

    var isSame: Bool { lines.allSatisfy(\.isSame) }

    var document: Document {
        Document(a: a.detail.summary.record, b: b.detail.summary.record, same: isSame, lines: lines.map(\.record))
    }

    var records: Records { Records(lines) }

    // MARK: The figures

    private static func run(_ a: RunDetail, _ b: RunDetail) -> [Line] {
        let figures: [(String, (RunDetail) -> FieldValue?)] = [
            ("verdict", { $0.summary.verdict.map { .text($0.rawValue) } }),
            ("builder_version", { $0.recipe.map { .text($0.builderVersion) } }),
            ("bytes_before", { $0.summary.bytesBefore.map { .integer($0) } }),
            ("bytes_after", { $0.summary.bytesAfter.map { .integer($0) } }),
            ("layers", { $0.summary.layers.map { .integer(Int64($0)) } }),
            ("int8_layers", { $0.summary.int8Layers.map { .integer(Int64($0)) } }),
            ("worst_sqnr_db", { $0.summary.worstSQNR.map { .number($0) } }),
            ("worst_layer", { $0.summary.worstLayer.map { .text($0) } }),
        ]
        return figures.map { Line(part: .run, name: "", figure: $0, a: $1(a), b: $1(b)) }
    }

    private static func files(_ a: RunDetail, _ b: RunDetail) -> [Line] {
        // The sums and the statement name the run: they are never the same, and say nothing of their own.
        ArtifactRole.allCases.filter { ![.sums, .statement].contains($0) }.flatMap { role -> [Line] in
            let files = [a, b].map { $0.artifacts.first { $0.role == role } }
            guard files.contains(where: { $0 != nil }) else { return [] }
            return [
                Line(
                    part: .file, name: role.rawValue, figure: "sha256",
                    a: files[0].flatMap { $0.digest.map { .text($0.hex) } },
                    b: files[1].flatMap { $0.digest.map { .text($0.hex) } }),
                Line(
                    part: .file, name: role.rawValue, figure: "bytes", a: files[0].map { .integer($0.size) },
                    b: files[1].map { .integer($0.size) }),
            ]
        }
    }

    private static func settings(_ a: RunDetail, _ b: RunDetail) -> [Line] {
        let values = [a, b].map { detail in
            Dictionary(
                RecordedSettings(json: detail.recipe?.settings ?? "{}").values.map { ($0.place, $0.value) },
                uniquingKeysWith: { $1 })
        }
        return Set(values.flatMap(\.keys)).sorted().map { place in
            Line(
                part: .setting, name: place, figure: "value", a: values[0][place].map { .text($0) },
                b: values[1][place].map { .text($0) })
        }
    }

    private static func metrics(_ a: [MetricRecord], _ b: [MetricRecord]) -> [Line] {
        let samples: [Line] = [
            Line(
                part: .metric, name: "", figure: "dataset_sha256", a: a.first?.datasetDigest.map { .text($0.hex) },
                b: b.first?.datasetDigest.map { .text($0.hex) })
        ]
        let names = united(a.map(\.name), b.map(\.name))
        return (a.isEmpty && b.isEmpty ? [] : samples)
            + names.flatMap { name -> [Line] in
                let records = [a, b].map { $0.first { $0.name == name }?.metric }
                return [("float", \Metric.float), ("int8", \Metric.int8)].map { figure, path in
                    Line(
                        part: .metric, name: name, figure: figure, a: records[0]?[keyPath: path].map { .number($0) },
                        b: records[1]?[keyPath: path].map { .number($0) })
                }
                .filter { $0.a != nil || $0.b != nil }
            }
    }

    private static func layers(_ a: [LayerReport], _ b: [LayerReport]) -> [Line] {
        let sides = [a, b].map { Dictionary($0.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first }) }
        let figures: [(String, (LayerReport) -> FieldValue?)] = [
            ("type", { .text($0.type) }),
            ("decision", { .text($0.decision.word) }),
            ("reason_code", { $0.decision.reason.map { .text($0.code.rawValue) } }),
            ("bytes_before", { .integer(Int64($0.bytesBefore)) }),
            ("bytes_after", { .integer(Int64($0.bytesAfter)) }),
            ("sqnr_db", { $0.measures?.sqnr.map { .number($0) } }),
            ("local_sqnr_db", { $0.local?.sqnr.map { .number($0) } }),
            ("accumulated_sqnr_db", { $0.accumulated?.sqnr.map { .number($0) } }),
        ]
        return united(a.map(\.name), b.map(\.name)).flatMap { name in
            figures.map { figure, get in
                Line(
                    part: .layer, name: name, figure: figure, a: sides[0][name].flatMap(get),
                    b: sides[1][name].flatMap(get))
            }
            .filter { $0.a != nil || $0.b != nil }
        }
    }

    /// The names of both, in A's order, those that only B has behind.
    private static func united(_ a: [String], _ b: [String]) -> [String] {
        let known = Set(a)
        return a + b.filter { !known.contains($0) }
    }
}

extension MetricRecord {
    /// What it is called where each figure needs one name: `cosine out0`.
    fileprivate var name: String { metric.slice.isEmpty ? metric.type : "\(metric.type) \(metric.slice)" }
}
