import Vocabulary

/// A piece of an HTML page.
///
/// Text stays text: it is escaped where it is written, and there is no way in for markup from outside, because the names of
/// elements, the names of attributes and style sheets are constants. What is written is XML as well, so that tests can read it.
indirect enum Html: Sendable {
    case text(String)
    case element(StaticString, [Attribute], [Html])
    case group([Html])
    /// A style sheet, which is not escaped.
    case style(StaticString)

    struct Attribute: Sendable {
        let name: StaticString
        let value: String

        init(_ name: StaticString, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// An element with attributes and what is in it.
    static func tag(_ name: StaticString, _ attributes: [Attribute] = [], _ children: Html...) -> Html {
        .element(name, attributes, children)
    }

    /// An element of a class.
    static func tag(_ name: StaticString, _ kind: String, _ children: Html...) -> Html {
        .element(name, [Attribute("class", kind)], children)
    }

    /// The page, or a part of it.
    var text: String {
        var text = ""
        write(to: &text)
        return text
    }

    private func write(to text: inout String) {
        switch self {
        case .text(let words): text += Self.escaped(words)
        case .group(let parts): for part in parts { part.write(to: &text) }
        case .style(let sheet): text += "<style>\(sheet)</style>"
        case .element(let name, let attributes, let children):
            text += "<\(name)"
            for attribute in attributes { text += " \(attribute.name)=\"\(Self.escaped(attribute.value))\"" }
            if Self.voids.contains("\(name)") {
                text += "/>"
            } else {
                text += ">"
                for child in children { child.write(to: &text) }
                text += "</\(name)>"
            }
            if Self.blocks.contains("\(name)") { text += "\n" }
        }
    }

    /// Elements that have no end tag in HTML.
    private static let voids: Set<String> = ["br", "input", "link", "meta"]
    /// A line each, for whoever reads the source.
    private static let blocks: Set<String> = [
        "div", "h1", "h2", "h3", "head", "header", "li", "link", "main", "meta", "p", "section", "table", "title", "tr",
        "ul",
    ]

    private static func escaped(_ text: String) -> String {
        let text = text.harmless
        guard text.utf8.contains(where: { special.contains($0) }) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static let special = Set("&<>\"'".utf8)
}

extension Html: ExpressibleByStringInterpolation {
    init(stringLiteral value: String) { self = .text(value) }
}

extension Html {
    static let nothing = Html.group([])

    /// Words of a class in a line.
    static func span(_ kind: String, _ words: Html...) -> Html {
        .element("span", [Attribute("class", kind)], words)
    }

    /// A figure of the ledger: as people read it, and beside it exactly, under the place that it has in the JSON of `show`.
    static func figure(_ place: String, _ value: Double?, _ shown: String) -> Html {
        guard let value else { return .text(shown) }
        return .element("data", [Attribute("value", "\(value)"), Attribute("data-figure", place)], [.text(shown)])
    }

    static func figure(_ place: String, _ value: Int64?, _ shown: String) -> Html {
        guard let value else { return .text(shown) }
        return .element("data", [Attribute("value", "\(value)"), Attribute("data-figure", place)], [.text(shown)])
    }

    /// A column of a table.
    struct Column: Sendable {
        let title: String
        /// Numbers stand on the right.
        let isNumber: Bool

        static func word(_ title: String) -> Column { Column(title: title, isNumber: false) }
        static func number(_ title: String) -> Column { Column(title: title, isNumber: true) }
    }

    /// A table that can be moved sideways where it is wider than the screen.
    static func table(_ kind: String, _ columns: [Column], _ rows: [Html]) -> Html {
        let heads = columns.map { Html.tag("th", $0.isNumber ? "number" : "word", .text($0.title)) }
        return .tag(
            "div", "scroll",
            .tag("table", kind, .tag("thead", [], .tag("tr", [], .group(heads))), .tag("tbody", [], .group(rows))))
    }
}
