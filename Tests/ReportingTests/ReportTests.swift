import Foundation
import Ledger
import Quantizing
import Reporting
import SystemPackage
import TestSupport
import Testing
import Vocabulary

@Suite("The page of a run") struct ReportTests {
    private static func page(_ report: Report) throws -> PageElement {
        try PageElement.read(report.html)
    }

    @Test("names out of files stay text, however they are written")
    func hostile() throws {
        let name = "<script>alert(1)</script>&\"' onload=x"
        let report = try SampleRun(name, layerName: "</style><img src=x>").report()
        let page = try Self.page(report)
        #expect(page.texts("h1") == [name])
        #expect(page.texts("title") == ["\(name) run 1"])
        #expect(["script", "img", "iframe", "a", "b:x"].flatMap { page.all($0) }.isEmpty)
        #expect(page.all("style").count == 1)
        #expect(page.all.flatMap(\.attributes.keys).allSatisfy { !$0.hasPrefix("on") })
        #expect(page.texts("td", "word").contains("<out>"))
        #expect(page.texts("dd").contains("[<b>]"))
        #expect(page.texts("span", "layer").contains("</style><img src=x>"))
    }

    @Test("what would turn around the text beside it, or is no text at all, is shown as U+FFFD")
    func directions() throws {
        let report = try SampleRun("a\u{202E}b\u{7}c").report()
        #expect(try Self.page(report).texts("h1") == ["a\u{FFFD}b\u{FFFD}c"])
    }

    @Test("the page asks for nothing: no address is in it but the icon that is none")
    func alone() throws {
        let page = try Self.page(SampleRun().report())
        #expect(page.all.flatMap { [$0.attributes["href"], $0.attributes["src"]] }.compactMap(\.self) == ["data:,"])
        let sheet = try #require(page.texts("style").first)
        #expect(!sheet.contains("url(") && !sheet.contains("@import"))
        let policy = page.all("meta").first { $0.attributes["http-equiv"] == "Content-Security-Policy" }
        #expect(policy?.attributes["content"]?.hasPrefix("default-src 'none'") == true)
    }

    /// What the page shows under a place in the JSON: the exact value and what is read.
    private static func figures(_ page: PageElement) throws -> [String: Set<[String]>] {
        var figures: [String: Set<[String]>] = [:]
        for element in page.all("data") {
            let place = try #require(element.attributes["data-figure"])
            let value = try #require(element.attributes["value"])
            figures[place, default: []].insert([value, element.text])
        }
        return figures
    }

    @Test("every figure of the ledger's rows is in the page, exact and rounded")
    func figures() throws {
        let run = try SampleRun()
        let report = try run.report()
        let figures = try Self.figures(Self.page(report))
        #expect(report.layers.count == 14)
        for (index, layer) in report.layers.enumerated() {
            let wanted: [(String, Double?, Int)] = [
                ("sqnr_db", layer.measures?.sqnr, 1), ("cosine", layer.measures?.cosine, 5),
                ("rmse_over_step", layer.measures?.rmseOverStep, 3), ("local_sqnr_db", layer.local?.sqnr, 1),
                ("accumulated_sqnr_db", layer.accumulated?.sqnr, 1),
            ]
            for (name, value, decimals) in wanted {
                let found = figures["layers.\(index).\(name)"]
                #expect(found == value.map { [["\($0)", Figures.fixed($0, decimals)]] }, "\(layer.name) \(name)")
            }
        }
        let summary = report.detail.summary
        #expect(figures["run.top1_int8"] == [["0.98333333", "98.3 %"]])
        #expect(figures["run.top1_delta"] == [["\(try #require(summary.top1?.delta))", "+0.3 points"]])
        #expect(figures["run.bytes_before"] == [["155756", "152.1 KiB"]])
        #expect(figures["metrics.0.int8"] == [["0.993071234", "0.99307"]])
        #expect(figures["metrics.1.delta_low"] == [["-0.0134964", "-0.013496"]])
        #expect(figures["metrics.1.samples"] == [["360", "360"]])
        #expect(figures["metrics.2.int8"] == nil)
    }

    @Test("the limits of the gate stand beside the figures that they are about")
    func limits() throws {
        let page = try Self.page(SampleRun().report())
        #expect(page.row("cosine") == ["cosine", "<out>", "", "0.99307", "", "", "≥ 0.95", "360"])
        #expect(page.row("top1")[6] == "delta ≥ −0.01")
        #expect(page.row("top5") == ["top5", "", "", "", "", "there are fewer than six classes", "", "0"])
    }

    @Test("the bars have an order for the worst and one for the model, and begin with the worst")
    func orders() throws {
        let report = try SampleRun().report()
        let page = try Self.page(report)
        let styles = page.all("div", "row").compactMap { $0.attributes["style"] }
        let telling = report.layers.filter { $0.decision == .int8 || $0.bytesBefore > 0 }
        #expect(styles.count == telling.count)
        func places(_ order: String) -> [Int] {
            styles.compactMap { style in
                style.split(separator: ";").first { $0.hasPrefix("--\(order)-place:") }
                    .flatMap { Int($0.split(separator: ":")[1]) }
            }
        }
        #expect(places("graph") == Array(telling.indices))
        let first = try #require(places("weights").firstIndex(of: 0))
        #expect(telling[first].name == report.detail.summary.worstLayer)
        #expect(
            page.all("input").filter { $0.attributes["checked"] != nil }.map { $0.attributes["id"] } == ["by-weights"])
    }

    @Test("each int8 layer has its weights before and after, and says what was clipped")
    func shapes() throws {
        let report = try SampleRun().report()
        guard case .counted(let histograms) = report.shapes else {
            Issue.record("\(report.shapes)")
            return
        }
        #expect(histograms.count == report.layers.count { $0.decision == .int8 })
        let page = try Self.page(report)
        let shapes = page.all("figure", "shape")
        #expect(shapes.count == histograms.count)
        #expect(shapes.allSatisfy { $0.all("path").count == 3 && $0.text.contains(" % clipped, a step is ") })
    }

    @Test(
        "files that are not what they were give no picture, and the page says which and why", arguments: SampleRun.roles
    )
    func changed(role: ArtifactRole) throws {
        let run = try SampleRun()
        let path = try run.path(role)
        var bytes = try Fixtures.bytes(path)
        bytes[bytes.count / 2] ^= 1
        try Data(bytes).write(to: URL(fileURLWithPath: path.string))
        let verb = role.isInput ? "read" : "made"
        let changed = try Self.page(run.report()).section("Weights")?.texts("p", "lead")
        #expect(changed?.count == 1)
        #expect(changed?.first?.contains("\(path) is not what the run \(verb): its SHA-256 is ") == true)

        try FileManager.default.removeItem(atPath: path.string)
        let gone = try Self.page(run.report()).section("Weights")?.texts("p", "lead")
        #expect(gone == ["How the weights are spread cannot be shown: \(path) is gone."])
    }

    @Test("a rejected run says that there is no twin to look at, and why it was rejected")
    func rejected() throws {
        let page = try Self.page(SampleRun(end: .rejected(message: "min_cosine is <0.9>")).report())
        #expect(page.texts("p", "message") == ["min_cosine is <0.9>"])
        #expect(page.texts("span", "badge bad") == ["FAILED"])
        #expect(
            page.section("Weights")?.texts("p", "lead")
                == [
                    "How the weights are spread cannot be shown: the run is rejected: there is no int8 twin to look at."
                ])
    }

    @Test("paths that are not UTF-8 are read and shown with their bytes as %XX")
    func paths() throws {
        let name: [CChar] = [0x66, CChar(bitPattern: 0xFF), 0]
        let report = try SampleRun(files: FilePath(platformString: name)).report()
        guard case .counted = report.shapes else {
            Issue.record("\(report.shapes)")
            return
        }
        let paths = try Self.page(report).texts("span", "path")
        #expect(paths.count == 4)
        #expect(paths.allSatisfy { $0.contains("/f%FF/") })
    }
}
