import Foundation
import FoundationXML

/// An element of a page, read as strictly as XML is.
///
/// Not Foundation's own tree, whose queries crash when the tests of a suite run at once.
final class PageElement {
    let name: String
    let attributes: [String: String]
    fileprivate(set) var children: [PageElement] = []
    /// All text in it, that of its elements included.
    fileprivate(set) var text = ""

    fileprivate init(_ name: String, _ attributes: [String: String]) {
        self.name = name
        self.attributes = attributes
    }

    /// Reads a page.
    static func read(_ page: String) throws -> PageElement {
        let reader = Reader()
        let parser = XMLParser(data: Data(page.utf8))
        parser.delegate = reader
        guard parser.parse() else {
            throw Malformed(line: parser.lineNumber, why: "\(parser.parserError, default: "?")")
        }
        return reader.root
    }

    struct Malformed: Error {
        let line: Int
        let why: String
    }

    /// It and all elements in it, in the order of the page.
    var all: [PageElement] { [self] + children.flatMap(\.all) }

    /// The elements of a name, and of a class where one is given.
    func all(_ name: String, _ kind: String? = nil) -> [PageElement] {
        all.filter { $0.name == name && (kind == nil || $0.attributes["class"] == kind) }
    }

    /// The texts of the elements of a name and class.
    func texts(_ name: String, _ kind: String? = nil) -> [String] { all(name, kind).map(\.text) }

    /// The section with this heading.
    func section(_ heading: String) -> PageElement? {
        all("section").first { $0.children.first?.text == heading }
    }

    /// The row of a table that begins with this.
    func row(_ head: String) -> [String] {
        all("tr").first { $0.children.first?.text == head }?.children.map(\.text) ?? []
    }

    private final class Reader: NSObject, XMLParserDelegate {
        let root = PageElement("", [:])
        private lazy var open = [root]

        func parser(
            _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
            attributes: [String: String]
        ) {
            let element = PageElement(name, attributes)
            open.last?.children.append(element)
            open.append(element)
        }

        func parser(
            _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
        ) {
            let element = open.removeLast()
            open.last?.text += element.text
        }

        func parser(_ parser: XMLParser, foundCharacters string: String) { open.last?.text += string }
    }
}
