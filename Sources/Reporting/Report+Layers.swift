import Foundation
import Ledger
import Vocabulary

extension Report {
    /// The model's layers: which became int8, how much that hurts each, and which stayed float and why.
    var model: Html {
        guard !layers.isEmpty else {
            let end = run.pruned.map { "the lines of its layers were pruned on \(Figures.clock($0))" }
            return section("Layers", "No layers are on record: \(end ?? "the run is \(run.status.rawValue)").")
        }
        return .group([
            section(
                "Layers",
                "Each box is a layer, in the order of the model. SQNR says how loud the signal is beside the noise that int8 "
                    + "adds; more is better, and 6 dB are one bit.",
                ribbon, depth, bars),
            islands,
        ])
    }

    /// Layers about which there is something to say: int8, or with weights.
    private var telling: [Int] {
        layers.indices.filter { layers[$0].decision == .int8 || layers[$0].bytesBefore > 0 }
    }

    // MARK: The whole model in a strip

    private var ribbon: Html {
        let cells = layers.map { layer -> Html in
            let kind = layer.decision == .int8 ? "int8" : layer.bytesBefore > 0 ? "float" : "bare"
            let words = "\(layer.index) \(layer.name), \(layer.type), \(layer.decision.word)"
            return .tag("i", [.init("class", kind), .init("title", words)])
        }
        return .group([
            .tag("div", cells.count > 60 ? "ribbon many" : "ribbon", .group(cells)),
            .tag(
                "p", "legend", .span("key int8", "int8"), .span("key float", "float, with weights"),
                .span("key bare", "float, without weights")),
        ])
    }

    // MARK: Error along the model

    /// Local and accumulated error of each layer in the order of the model.
    private var depth: Html {
        let measured = layers.filter { $0.local?.sqnr != nil || $0.accumulated?.sqnr != nil }
        guard measured.count > 1 else { return .nothing }
        let values = measured.flatMap { [$0.local?.sqnr, $0.accumulated?.sqnr] }.compactMap(\.self)
        guard let axis = Axis(values) else { return .nothing }
        func x(_ index: Int) -> String { Self.number(100 * (Double(index) + 0.5) / Double(measured.count)) }
        func y(_ value: Double) -> String { Self.number(100 - axis.percent(value)) }
        var line: [String] = []
        var alone: [String] = []
        var within: [String] = []
        for (index, layer) in measured.enumerated() {
            if let value = layer.accumulated?.sqnr, value.isFinite {
                line.append("\(line.isEmpty ? "M" : "L")\(x(index)) \(y(value))")
                within.append("M\(x(index)) \(y(value))h0")
            }
            if let value = layer.local?.sqnr, value.isFinite { alone.append("M\(x(index)) \(y(value))h0") }
        }
        let paths = [("line", line), ("within", within), ("alone", alone), ("hole", alone)].map { kind, parts in
            Html.tag("path", [.init("class", kind), .init("d", parts.joined(separator: " "))])
        }
        let rules = axis.marks.map { mark in
            Html.tag(
                "div", [.init("class", "rule"), .style("bottom:\(Self.number(axis.percent(mark)))%")],
                .tag("span", [], .text(Figures.fixed(mark, 0))))
        }
        return .tag(
            "figure", [],
            .tag(
                "figcaption", [],
                .text("How the error grows: SQNR of each layer's output in dB, from the first layer to the last"),
                .tag(
                    "span", "legend", .span("key alone", "the layer alone in int8"),
                    .span("key within", "the whole model in int8"))),
            .tag(
                "div", "plot", .group(rules),
                .tag(
                    "svg",
                    [
                        .init("viewBox", "0 0 100 100"), .init("preserveAspectRatio", "none"), .init("role", "img"),
                        .init("aria-label", "SQNR of each layer's output, alone and in the whole model"),
                    ], .group(paths))))
    }

    // MARK: Bars

    private var bars: Html {
        let shown = telling
        let hasOutputs = layers.contains { $0.local?.sqnr != nil || $0.accumulated?.sqnr != nil }
        let all = shown.flatMap { index -> [Double?] in
            let layer = layers[index]
            return [layer.measures?.sqnr, layer.local?.sqnr, layer.accumulated?.sqnr]
        }
        guard let axis = Axis(all.compactMap(\.self), from: 0) else { return .nothing }
        let orders = Self.orders.filter { order in
            shown.contains { order.figure(layers[$0]) != nil } || order.id == "graph"
        }
        // For each order the place of each layer; a layer without the figure comes last.
        let places = orders.map { order -> [Int: Int] in
            let sorted = shown.sorted { (order.key(layers[$0]), $0) < (order.key(layers[$1]), $1) }
            return Dictionary(uniqueKeysWithValues: sorted.enumerated().map { ($1, $0) })
        }
        let choices = orders.enumerated().flatMap { index, order -> [Html] in
            let isFirst: [Html.Attribute] = index == 0 ? [.init("checked", "checked")] : []
            let id = "by-\(order.id)"
            return [
                .tag("input", [.init("type", "radio"), .init("name", "order"), .init("id", id)] + isFirst),
                .tag("label", [.init("for", id)], .text(order.name)),
            ]
        }
        let rows = shown.map { index in
            let order = zip(orders, places).map { "--\($0.id)-place:\($1[index] ?? 0)" }.joined(separator: ";")
            return row(index, axis, order: order, hasOutputs: hasOutputs)
        }
        let head = Html.tag(
            "div", [.init("class", "row head"), .style("order:-1")], .tag("div", [], "layer"),
            .tag("div", [], .span("key solid", "weights, SQNR in dB")),
            hasOutputs
                ? .tag(
                    "div", [], "output, SQNR in dB: ", .span("key alone", "alone"), .span("key within", "in the model"))
                : .nothing)
        return .tag(
            "div", "sortable", .span("sort", "Sorted by"), .group(choices),
            .tag("div", "rows\(hasOutputs ? "" : " weights-only")", head, .group(rows)))
    }

    private func row(_ index: Int, _ axis: Axis, order: String, hasOutputs: Bool) -> Html {
        let layer = layers[index]
        func figure(_ name: String, _ value: Double?) -> Html {
            .figure("layers.\(index).\(name)", value, Figures.fixed(value, 1))
        }
        let weights: Html
        if let sqnr = layer.measures?.sqnr {
            weights = .group([
                .tag("span", "track", .tag("b", [.style("width:\(Self.number(axis.percent(sqnr)))%")])),
                .span("n", figure("sqnr_db", sqnr)),
            ])
        } else {
            weights = .span("why", .text(layer.decision.reason?.clause ?? "not measured"))
        }
        return .tag(
            "div", [.init("class", "row"), .style(order)],
            .tag("div", "who", .span("layer", .text(layer.name)), " ", .span("type", .text(layer.type))),
            .tag("div", "bar", weights),
            hasOutputs ? .tag("div", "bar", outputs(index, axis, figure)) : .nothing)
    }

    private func outputs(_ index: Int, _ axis: Axis, _ figure: (String, Double?) -> Html) -> Html {
        let (alone, within) = (layers[index].local?.sqnr, layers[index].accumulated?.sqnr)
        guard alone != nil || within != nil else { return .span("why", "not measured") }
        let dots = [("alone", alone), ("within", within)].map { kind, value -> Html in
            guard let value else { return .nothing }
            return .tag("i", [.init("class", kind), .style("left:\(Self.number(axis.percent(value)))%")])
        }
        var link = Html.nothing
        if let alone, let within {
            let ends = [axis.percent(alone), axis.percent(within)].sorted()
            link = .tag("em", [.style("left:\(Self.number(ends[0]))%;width:\(Self.number(ends[1] - ends[0]))%")])
        }
        return .group([
            .tag("span", "track dots", link, .group(dots)),
            .span("n", figure("local_sqnr_db", alone), .span("to", " → "), figure("accumulated_sqnr_db", within)),
        ])
    }

    /// The orders that the bars can have; the first is the usual one.
    private static let orders = [
        Order(id: "weights", name: "worst weights") { $0.measures?.sqnr },
        Order(id: "alone", name: "worst alone") { $0.local?.sqnr },
        Order(id: "within", name: "worst in the model") { $0.accumulated?.sqnr },
        Order(id: "graph", name: "order of the model") { _ in nil },
    ]

    private struct Order: Sendable {
        let id: String
        let name: String
        /// The less the worse; nil for a layer that comes after all others.
        let figure: @Sendable (LayerReport) -> Double?

        func key(_ layer: LayerReport) -> Double { figure(layer) ?? .infinity }
    }

    // MARK: Floats

    /// Layers that stayed float although ncnn could have made them int8, and those with weights.
    private var islands: Html {
        let floats = layers.filter { $0.decision != .int8 }
        let told = floats.filter { $0.decision.reason?.code != .notQuantizable || $0.bytesBefore > 0 }
        let rest = Dictionary(grouping: floats.filter { layer in !told.contains(layer) }, by: \.type)
            .map { type, layers in (type, layers.count) }.sorted { ($1.1, $0.0) < ($0.1, $1.0) }
        let words = rest.map { $1 > 1 ? "\($0) × \($1)" : $0 }.joined(separator: ", ")
        let note = rest.isEmpty ? "" : "Without an int8 form in ncnn, and without weights: \(words)."
        guard !told.isEmpty else {
            return section(
                "Float islands", "Every layer that ncnn has an int8 form of became int8. \(note)")
        }
        let rows = told.map { layer in
            Html.tag(
                "tr", [], .tag("td", [], .text("\(layer.index)")), .tag("th", [], .text(layer.name)),
                .tag("td", "word", .text(layer.type)), .tag("td", [], .text(Figures.bytes(layer.bytesBefore))),
                .tag("td", "word", .text(layer.decision.reason?.clause ?? "")))
        }
        return section(
            "Float islands", note.isEmpty ? nil : note,
            .table(
                "islands",
                [.number("#"), .word("layer"), .word("type"), .number("bytes"), .word("why it stayed float")],
                rows))
    }

    /// A number for an attribute: two decimals, without zeros that say nothing.
    static func number(_ value: Double) -> String {
        let text = String(format: "%.2f", value.isFinite ? value : 0)
        return text.hasSuffix(".00") ? String(text.dropLast(3)) : text
    }
}

/// A scale in dB with marks at round numbers.
struct Axis {
    let low: Double
    let high: Double
    let marks: [Double]

    /// nil where there is nothing to show.
    init?(_ values: [Double], from least: Double? = nil) {
        // No sound measure is beyond this; what a damaged ledger says must not become a million marks.
        let values = values.filter { abs($0) < 10_000 }
        guard let smallest = values.min(), let largest = values.max() else { return nil }
        let bottom = min(least ?? smallest, smallest)
        let span = max(largest - bottom, 1)
        let step = [5.0, 10, 20, 50, 100, 200].first { span / $0 <= 6 } ?? 500
        low = (bottom / step).rounded(.down) * step
        high = max((largest / step).rounded(.up) * step, low + step)
        marks = Array(stride(from: low, through: high, by: step))
    }

    /// Where a value stands, from 0 to 100.
    func percent(_ value: Double) -> Double {
        min(100, max(0, 100 * (value - low) / (high - low)))
    }
}
