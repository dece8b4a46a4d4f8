/// One metric in Prometheus's text format, with all its samples.
///
/// The format: prometheus.io/docs/instrumenting/exposition_formats, "Text-based format".
struct MetricFamily {
    enum Kind: String {
        case counter
        case gauge
        case histogram
    }

    let name: String
    let kind: Kind
    let help: String
    private var samples: [(suffix: String, labels: [(String, String)], value: Double)] = []

    init(_ name: String, _ kind: Kind, _ help: String) {
        self.name = name
        self.kind = kind
        self.help = help
    }

    /// A metric without labels.
    init(_ name: String, _ kind: Kind, _ help: String, _ value: Double) {
        self.init(name, kind, help)
        samples = [("", [], value)]
    }

    /// A metric with one label.
    init(_ name: String, _ kind: Kind, _ help: String, by label: String, _ values: [(String, Double)]) {
        self.init(name, kind, help)
        samples = values.map { ("", [(label, $0.0)], $0.1) }
    }

    init(_ name: String, _ help: String, _ histogram: Histogram) {
        self.init(name, .histogram, help)
        samples = zip(histogram.bounds, histogram.counts).map { bound, count in
            ("_bucket", [("le", Self.number(bound))], Double(count))
        }
        samples.append(("_bucket", [("le", "+Inf")], Double(histogram.total)))
        samples.append(("_sum", [], histogram.sum))
        samples.append(("_count", [], Double(histogram.total)))
    }

    var text: String {
        var lines = ["# HELP \(name) \(help)", "# TYPE \(name) \(kind.rawValue)"]
        for sample in samples {
            let labels = sample.labels.map { "\($0)=\"\(Self.escaped($1))\"" }.joined(separator: ",")
            lines.append("\(name)\(sample.suffix)\(labels.isEmpty ? "" : "{\(labels)}") \(Self.number(sample.value))")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func number(_ value: Double) -> String {
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        return Int64(exactly: value).map(String.init) ?? "\(value)"
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }
}
