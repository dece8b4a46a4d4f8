import Ledger
import Vocabulary

extension Report {
    /// All figures of all layers.
    var everyLayer: Html {
        guard !layers.isEmpty else { return .nothing }
        let hasOutputs = layers.contains { $0.local != nil || $0.accumulated != nil }
        let hasNotes = layers.contains { !Self.notes($0).isEmpty }
        let columns: [Html.Column] = [
            .number("#"), .word("layer"), .word("type"), .word("decision"), .word("storage"), .number("bytes"),
            .number("weights dB"), .number("cosine"), .number("RMSE/step"), .number("clipped"),
        ]
        return section(
            "Every layer", nil,
            .table(
                "dense",
                columns + (hasOutputs ? [.number("alone dB"), .number("in model dB")] : [])
                    + (hasNotes ? [.word("notes")] : []),
                layers.indices.map { line($0, hasOutputs: hasOutputs, hasNotes: hasNotes) }))
    }

    private static func notes(_ layer: LayerReport) -> String {
        let dead = layer.deadChannels
        let channels = dead > 0 ? ["\(dead) dead \(dead == 1 ? "channel" : "channels")"] : []
        return (channels + layer.notes).joined(separator: "; ")
    }

    private func line(_ index: Int, hasOutputs: Bool, hasNotes: Bool) -> Html {
        let layer = layers[index]
        let measures = layer.measures
        func cell(_ name: String, _ value: Double?, _ decimals: Int, per hundred: Bool = false) -> Html {
            let shown = value.map { Figures.fixed(hundred ? 100 * $0 : $0, decimals) + (hundred ? " %" : "") } ?? ""
            return .tag("td", [], .figure("layers.\(index).\(name)", value, shown))
        }
        func bytes(_ name: String, _ count: Int) -> Html {
            .figure("layers.\(index).\(name)", Int64(count), "\(count)")
        }
        let storage =
            layer.storageBefore == layer.storageAfter
            ? layer.storageBefore : "\(layer.storageBefore) → \(layer.storageAfter)"
        return .tag(
            "tr", [], .tag("td", [], .text("\(layer.index)")), .tag("th", [], .text(layer.name)),
            .tag("td", "word", .text(layer.type)),
            .tag("td", "word", .text(layer.decision.word + (layer.topScale == nil ? "" : " fused"))),
            .tag("td", "word", .text(storage)),
            .tag(
                "td", [],
                layer.bytesBefore == 0
                    ? ""
                    : .group([bytes("bytes_before", layer.bytesBefore), " → ", bytes("bytes_after", layer.bytesAfter)])),
            cell("sqnr_db", measures?.sqnr, 1), cell("cosine", measures?.cosine, 5),
            cell("rmse_over_step", measures?.rmseOverStep, 3),
            cell("clipped_fraction", measures?.clippedFraction, 2, per: true),
            hasOutputs
                ? .group([
                    cell("local_sqnr_db", layer.local?.sqnr, 1),
                    cell("accumulated_sqnr_db", layer.accumulated?.sqnr, 1),
                ]) : .nothing,
            hasNotes ? .tag("td", "word notes", .text(Self.notes(layer))) : .nothing)
    }

    /// Where the result comes from: bytes, settings, version, and what happened.
    var provenance: Html {
        section(
            "Provenance", nil,
            .tag("dl", "facts", .group(facts.flatMap { [.tag("dt", [], .text($0)), .tag("dd", [], .text($1))] })),
            files, recordedSettings, events)
    }

    private var facts: [(String, String)] {
        let recipe = detail.recipe
        let dataset = metrics.first { $0.datasetDigest != nil }
        let facts: [(String, String?)] = [
            ("run", "\(run.run)"), ("known as", detail.uuid), ("made by", recipe.map { "quantd \($0.builderVersion)" }),
            ("queued", "\(Figures.clock(run.queued)) (\(run.trigger.rawValue))"),
            (
                "ended",
                run.finished.map { "\(Figures.clock($0))\(run.started == nil ? "" : ", took \(Figures.span(run))")" }
            ),
            ("attempts", run.attempts > 1 ? "\(run.attempts)" : nil),
            ("result of", run.cachedFrom.map { "run \($0), which had the same bytes, settings and version" }),
            ("pruned", run.pruned.map { "\(Figures.clock($0)): the folder and the lines of its layers are gone" }),
            ("folder", run.folder?.readable), ("floats stored", recipe?.floatStorage),
            ("settings, SHA-256", recipe?.settingsDigest.hex), ("samples", dataset?.dataset),
            ("samples, SHA-256", dataset?.datasetDigest?.hex),
        ]
        return facts.compactMap { name, value in value.map { (name, $0) } }
    }

    private var files: Html {
        let rows = detail.artifacts.enumerated().map { index, artifact in
            Html.tag(
                "tr", [], .tag("th", [], .text(artifact.role.rawValue)),
                .tag("td", [], .figure("artifacts.\(index).bytes", artifact.size, "\(artifact.size)")),
                .tag(
                    "td", "word",
                    .tag("code", [], .text(artifact.digest?.hex ?? "not read")), .tag("br"),
                    .span("path", .text(artifact.path.readable))))
        }
        return .table("files", [.word("file"), .number("bytes"), .word("SHA-256 and path")], rows)
    }

    private var recordedSettings: Html {
        let values = settings.values
        guard !values.isEmpty else { return .nothing }
        return .group([
            .tag("h3", [], "Settings"),
            .tag(
                "dl", "facts settings",
                .group(values.flatMap { [.tag("dt", [], .text($0.place)), .tag("dd", [], .text($0.value))] })),
        ])
    }

    private var events: Html {
        guard !detail.events.isEmpty else { return .nothing }
        let rows = detail.events.flatMap { event -> [Html] in
            [.tag("dt", [], .text(Figures.clock(event.at))), .tag("dd", [], .text("\(event.kind): \(event.message)"))]
        }
        return .group([.tag("h3", [], "What happened"), .tag("dl", "facts", .group(rows))])
    }
}
