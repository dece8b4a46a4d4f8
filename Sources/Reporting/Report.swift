public import Ledger
public import SystemPackage
public import Vocabulary

/// A run as one page for the browser: all that the ledger knows of it, and what its files still show.
public struct Report: Sendable {
    public let detail: RunDetail
    public let metrics: [MetricRecord]
    /// In the order of the `.param`.
    public let layers: [LayerReport]
    public let shapes: WeightShapes
    /// The ledger's file.
    public let ledger: FilePath
    /// When the page is made.
    public let made: Timestamp

    public init(
        _ detail: RunDetail, metrics: [MetricRecord], layers: [LayerReport], shapes: WeightShapes, ledger: FilePath,
        made: Timestamp = .now
    ) {
        self.detail = detail
        self.metrics = metrics
        self.layers = layers
        self.shapes = shapes
        self.ledger = ledger
        self.made = made
    }

    /// The page. It needs nothing beside itself, and asks browsers to fetch and run nothing.
    public var html: String {
        "<!DOCTYPE html>\n"
            + Html.tag(
                "html", [.init("lang", "en")],
                .tag(
                    "head", [],
                    .tag("meta", [.init("charset", "utf-8")]),
                    .tag("meta", [.init("name", "viewport"), .init("content", "width=device-width, initial-scale=1")]),
                    .tag(
                        "meta",
                        [
                            .init("http-equiv", "Content-Security-Policy"),
                            .init("content", "default-src 'none'; style-src 'unsafe-inline'; img-src data:"),
                        ]),
                    .tag("meta", [.init("name", "color-scheme"), .init("content", "light dark")]),
                    .tag("meta", [.init("name", "generator"), .init("content", "quantctl \(Version.text)")]),
                    // Without it browsers ask the server for one.
                    .tag("link", [.init("rel", "icon"), .init("href", "data:,")]),
                    .tag("title", [], "\(run.model) run \(run.run)"),
                    .style(Stylesheet.text)),
                .tag("body", [], .tag("main", [], head, accuracy, model, weights, everyLayer, provenance, foot))
            ).text + "\n"
    }

    var run: RunSummary { detail.summary }

    /// The settings of the run; empty where it never began.
    var settings: RecordedSettings { RecordedSettings(json: detail.recipe?.settings ?? "{}") }

    /// A part of the page with a heading; nothing where there is nothing in it.
    func section(_ title: String, _ words: String? = nil, _ content: Html...) -> Html {
        .tag(
            "section", [], .tag("h2", [], .text(title)), words.map { .tag("p", "lead", .text($0)) } ?? .nothing,
            .group(content))
    }

    private var foot: Html {
        let path = PathText.text(of: ledger)
        return .tag(
            "footer", [],
            .tag(
                "p", [],
                "Made by quantctl \(Version.text) on \(Figures.clock(made)) from \(path). Every figure is the ledger's."
            ))
    }
}

extension Html.Attribute {
    /// Attributes as a style, of numbers only.
    static func style(_ text: String) -> Html.Attribute { Html.Attribute("style", text) }
}

extension FilePath {
    /// The path as people read it: bytes that are not UTF-8 as `%XX`, where there are any.
    var readable: String { String(validating: self) ?? PathText.text(of: self) }
}
