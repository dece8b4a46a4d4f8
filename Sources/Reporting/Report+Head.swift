import Ledger
import Vocabulary

extension Report {
    /// The verdict and what it stands on.
    var head: Html {
        .tag(
            "header", [],
            .tag("div", "title", .tag("h1", [], .text(run.model.text)), badge),
            .tag("p", "sub", .text("Run \(run.run)\(origin), \(run.status.rawValue) \(Figures.clock(run.at))")),
            run.message.map { .tag("p", "message", .text($0)) } ?? .nothing,
            .tag("div", "tiles", .group(tiles)))
    }

    private var badge: Html {
        let word = run.verdict?.rawValue ?? run.status.rawValue
        let kind: String
        switch (run.verdict, run.status) {
        case (.passed?, _), (nil, .published), (nil, .cached): kind = "good"
        case (.warned?, _): kind = "warn"
        case (.failed?, _), (_, .failed), (_, .rejected): kind = "bad"
        case (nil, .queued), (nil, .running): kind = "open"
        }
        return .span("badge \(kind)", .text(word))
    }

    private var origin: String { run.cachedFrom.map { " (the result of run \($0))" } ?? "" }

    // MARK: Tiles

    private var tiles: [Html] { [accuracyTile, sizeTile, layersTile, worstTile].compactMap(\.self) }

    private func tile(_ name: String, _ value: Html, _ words: Html) -> Html {
        .tag("div", "tile", .tag("p", "name", .text(name)), .tag("p", "value", value), .tag("p", "words", words))
    }

    private var accuracyTile: Html? {
        if let top1 = run.top1 {
            let shown = { (value: Double) in "\(Figures.fixed(100 * value, 1)) %" }
            return tile(
                "Top-1, int8", .figure("run.top1_int8", top1.int8, shown(top1.int8)),
                .group([
                    "float ", .figure("run.top1_float", top1.float, shown(top1.float)), ", ",
                    .figure("run.top1_delta", top1.delta, "\(Figures.signed(100 * top1.delta, 1)) points"),
                ]))
        }
        return run.cosine.map { cosine in
            tile(
                "Cosine", .figure("run.cosine", cosine, Figures.fixed(cosine, 4)),
                "between the outputs of both twins, the lowest")
        }
    }

    private var sizeTile: Html? {
        guard let before = run.bytesBefore, let after = run.bytesAfter else { return nil }
        let share = Figures.share(Int(after), of: Int(before))
        return tile(
            "Weights", .figure("run.bytes_after", after, Figures.bytes(Int(after))),
            .group([
                "of ", .figure("run.bytes_before", before, Figures.bytes(Int(before))),
                .text(share.isEmpty ? "" : ", \(share)"),
            ]))
    }

    private var layersTile: Html? {
        guard let all = run.layers, let int8 = run.int8Layers else { return nil }
        return tile(
            "Layers in int8", .figure("run.int8_layers", Int64(int8), "\(int8)"),
            .group(["of ", .figure("run.layers", Int64(all), "\(all)")]))
    }

    private var worstTile: Html? {
        guard let worst = run.worstSQNR, let layer = run.worstLayer else { return nil }
        return tile(
            "Worst weights", .figure("run.worst_sqnr_db", worst, "\(Figures.fixed(worst, 1)) dB"),
            .group(["SQNR of ", .text(layer)]))
    }
}
