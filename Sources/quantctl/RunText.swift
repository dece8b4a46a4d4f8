import Ledger
import Vocabulary

/// A run with all that belongs to it, for people.
struct RunText {
    private let detail: RunDetail
    private let metrics: [MetricRecord]
    private let layers: [LayerReport]

    init(_ detail: RunDetail, metrics: [MetricRecord], layers: [LayerReport]) {
        self.detail = detail
        self.metrics = metrics
        self.layers = layers
    }

    var text: String {
        [head, facts, MetricTable.text(metrics), artifacts, layerLines, events].filter { !$0.isEmpty }.joined(
            separator: "\n\n")
    }

    private var run: RunSummary { detail.summary }

    private var head: String {
        let verdict = run.verdict.map { " \($0.rawValue)" } ?? ""
        let message = run.message.map { ": \($0)" } ?? ""
        let source = run.cachedFrom.map { ", the result of run \($0)" } ?? ""
        return "\(run.model) run \(run.run) \(run.status.rawValue)\(verdict)\(source)\(message)"
    }

    private var facts: String {
        var rows: [(String, String)] = []
        if let folder = run.folder { rows.append(("folder", folder.string)) }
        if let before = run.bytesBefore, let after = run.bytesAfter {
            rows.append(
                (
                    "weights",
                    "\(Figures.bytes(Int(before))) → \(Figures.bytes(Int(after))) (\(Figures.share(Int(after), of: Int(before))))"
                ))
        }
        if let int8 = run.int8Layers, let all = run.layers { rows.append(("layers", "\(int8) of \(all) int8")) }
        if let worst = run.worstSQNR, let layer = run.worstLayer {
            rows.append(("worst", "\(layer), SQNR of its weights \(Figures.fixed(worst, 1)) dB"))
        }
        rows.append(("queued", "\(RunTable.clock(run.queued)) (\(run.trigger.rawValue))"))
        if let finished = run.finished {
            rows.append(
                ("ended", "\(RunTable.clock(finished))" + (run.started == nil ? "" : ", took \(RunTable.span(run))")))
        }
        if let pruned = run.pruned {
            rows.append(("pruned", "\(RunTable.clock(pruned)): the folder and the lines of its layers are gone"))
        }
        if let recipe = detail.recipe {
            rows.append(("settings", recipe.settings))
            rows.append(("made by", "quantd \(recipe.builderVersion)"))
        }
        return rows.map { "  \($0.0.padding(to: 9)) \($0.1)" }.joined(separator: "\n")
    }

    private var artifacts: String {
        guard !detail.artifacts.isEmpty else { return "" }
        var table = TextTable([.word("FILE"), .number("BYTES"), .word("SHA-256"), .clause("PATH")])
        for artifact in detail.artifacts {
            table.add([
                artifact.role.rawValue, "\(artifact.size)", artifact.digest?.short ?? "not read", artifact.path.string,
            ])
        }
        return table.lines().joined(separator: "\n")
    }

    private var layerLines: String {
        layers.isEmpty ? "" : LayerTable.lines(layers).joined(separator: "\n")
    }

    private var events: String {
        detail.events.map { "\(RunTable.clock($0.at))  \($0.kind): \($0.message)" }.joined(separator: "\n")
    }
}

extension String {
    fileprivate func padding(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - columnCount))
    }
}
