import Quantizing
import Vocabulary

extension Report {
    /// How the weights of each int8 layer are spread, before and after.
    var weights: Html {
        guard layers.contains(where: { $0.quantizedWeights > 0 }) else { return .nothing }
        switch shapes {
        case .unknown(let why):
            return section("Weights", "How the weights are spread cannot be shown: \(why).")
        case .counted(let histograms):
            guard !histograms.isEmpty else { return .nothing }
            return section(
                "Weights",
                "How the weights are spread, in steps of int8: a weight times the scale of its row. int8 ends at the dashed lines, "
                    + "127 steps from zero; what lies beyond them is clipped. Counted from the files that the run read and made, whose "
                    + "digests are still those of the ledger.",
                .tag(
                    "p", "legend", .span("key before", "float"), .span("key after", "int8"),
                    .span("key clip", "where int8 ends")),
                .tag("div", "shapes", .group(histograms.map { shape($0, among: histograms) })))
        }
    }

    private func shape(_ histogram: WeightHistogram, among all: [WeightHistogram]) -> Html {
        guard layers.indices.contains(histogram.layer) else { return .nothing }
        let layer = layers[histogram.layer]
        // The ledger's figures are of the layer, which may have several arrays.
        let isOnly = all.count { $0.layer == histogram.layer } == 1
        let name = isOnly ? "" : ", \(histogram.weight)"
        let bins = Bins(histogram)
        let clip = [-127.5, 127.5].map { "M\(Self.number(bins.percent($0))) 0V100" }.joined()
        let ends = (1 / histogram.scales.upperBound, 1 / histogram.scales.lowerBound)
        let steps =
            ends.0 == ends.1
            ? Figures.significant(Double(ends.0), 3)
            : "\(Figures.significant(Double(ends.0), 3)) … \(Figures.significant(Double(ends.1), 3))"
        let clipped = layer.measures.map { measures -> Html in
            let place = "layers.\(histogram.layer).clipped_fraction"
            let shown = Figures.fixed(100 * measures.clippedFraction, 2) + " %"
            return .group([
                .figure(place, measures.clippedFraction, shown), isOnly ? " clipped, " : " clipped in the layer, ",
            ])
        }
        let edge = bins.reach == WeightHistogram.reach && histogram.extent == WeightHistogram.reach
        return .tag(
            "figure", "shape", .tag("figcaption", [], .span("layer", .text(layer.name)), .text(name)),
            .tag(
                "svg",
                [
                    .init("viewBox", "0 0 100 100"), .init("preserveAspectRatio", "none"), .init("role", "img"),
                    .init("aria-label", "weights of \(layer.name) before and after, by int8 step"),
                ],
                .tag("path", [.init("class", "after"), .init("d", bins.path(of: bins.int8) + "V100Z")]),
                .tag("path", [.init("class", "before"), .init("d", bins.path(of: bins.float) + "V100")]),
                .tag("path", [.init("class", "clip"), .init("d", clip)])),
            .tag(
                "div", "scale",
                .group(
                    [-127, 0, 127].map { mark in
                        .tag(
                            "span", [.style("left:\(Self.number(bins.percent(Double(mark))))%")],
                            .text("\(mark)".replacing("-", with: "−")))
                    })),
            .tag(
                "p", [], clipped ?? .nothing, .text("a step is \(steps)"),
                .text(edge ? "; the outermost bars hold all that lies further out" : "")))
    }
}

/// A histogram in few enough bars to be seen, one of them around zero.
private struct Bins {
    /// The steps on either side of zero that are shown.
    let reach: Int
    let float: [Int]
    let int8: [Int]
    private let width: Int
    private let highest: Int

    /// 51 bars; how many steps each has depends on how far the weights lie out.
    private static let count = 51

    init(_ histogram: WeightHistogram) {
        let width = [5, 15, 45].first { $0 * Self.count / 2 >= histogram.extent } ?? 45
        let reach = width * Self.count / 2
        func binned(_ counts: [Int]) -> [Int] {
            (0..<Self.count).map { bin in
                let first = WeightHistogram.reach - reach + bin * width
                return counts[first..<first + width].reduce(0, +)
            }
        }
        self.width = width
        self.reach = reach
        float = binned(histogram.float)
        int8 = binned(histogram.int8)
        highest = max(1, (float + int8).max() ?? 1)
    }

    /// Where a step stands, from 0 to 100; outside of the bars there is a little room for the lines.
    func percent(_ step: Double) -> Double {
        let half = Double(Self.count * width) / 2 * 1.04
        return 100 * (step + half) / (2 * half)
    }

    /// The upper edge of the bars, from the ground on the left to the last bar's end.
    func path(of counts: [Int]) -> String {
        var path = "M\(Report.number(percent(-Double(Self.count * width) / 2))) 100"
        for (bin, count) in counts.enumerated() {
            let end = -Double(Self.count * width) / 2 + Double((bin + 1) * width)
            // Few among many are still seen.
            let height = count == 0 ? 0 : max(0.8, 96 * Double(count) / Double(highest))
            path += "V\(Report.number(100 - height))H\(Report.number(percent(end)))"
        }
        return path
    }
}
