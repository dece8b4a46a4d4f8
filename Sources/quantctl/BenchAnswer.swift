import ModelFormat
import Reporting

/// What `quantctl bench` says.
struct BenchAnswer: Answer {
    /// A layer and the median of its times.
    struct Layer: Recordable {
        let index: Int
        let name: String
        let type: String
        let time: Duration

        init(layer: ParamLayer, time: Duration) {
            index = layer.index
            name = layer.name
            type = layer.type
            self.time = time
        }

        static let fields: [Field<Layer>] = [
            .integer("index") { $0.index },
            .text("name") { $0.name },
            .text("type") { $0.type },
            .number("ms") { $0.time.milliseconds },
        ]
    }

    struct Document: Encodable {
        let schemaVersion = 1
        let threads: Int
        let runs: Int
        let loadMs: Double
        let medianMs: Double
        let minMs: Double
        let maxMs: Double
        let layers: [Record]
    }

    let threads: Int
    /// What it took to read the model and to lay out its weights.
    let loading: Duration
    /// The times of the runs, shortest first; at least one.
    let times: [Duration]
    /// The slowest first.
    let layers: [Layer]
    let listsLayers: Bool

    private var median: Duration { (times[(times.count - 1) / 2] + times[times.count / 2]) / 2 }

    var document: Document {
        Document(
            threads: threads, runs: times.count, loadMs: loading.milliseconds, medianMs: median.milliseconds,
            minMs: times[0].milliseconds, maxMs: times[times.count - 1].milliseconds, layers: layers.map(\.record))
    }

    var records: Records { Records(layers) }

    func lines(on page: Page) -> [Phrase] {
        let spread = times.count == 1 ? "" : " (\(times[0].text) to \(times[times.count - 1].text))"
        let how = "\(times.count) run\(times.count == 1 ? "" : "s") on \(threads) thread\(threads == 1 ? "" : "s")"
        var lines: [Phrase] = [
            "\(Phrase(median.text, .strong)) a run\(spread), the median of \(how); loaded in \(loading.text)"
        ]
        guard listsLayers else { return lines }
        let whole = layers.reduce(0) { $0 + $1.time.milliseconds }
        var table = TextTable([
            .number("#", rank: 1), .text("LAYER", least: 14), .text("TYPE", least: 11), .number("TIME"),
            .number("SHARE"),
        ])
        for layer in layers {
            table.add([
                "\(layer.index)", layer.name, layer.type, layer.time.text,
                Figures.fixed(whole > 0 ? 100 * layer.time.milliseconds / whole : nil, 1) + " %",
            ])
        }
        lines += table.lines(width: page.width)
        return lines
    }
}

extension Duration {
    /// The same as a number of milliseconds.
    fileprivate var milliseconds: Double { self / .milliseconds(1) }

    fileprivate var text: String { Figures.significant(milliseconds, 4) + " ms" }
}
