import Glibc
import TestSupport
import Testing

@testable import quantctl

@Suite("The page")
struct PageTests {
    private static let size = TerminalSize(columns: 100, rows: 30)

    @Test(
        "is coloured on a terminal that has colours, unless someone said no",
        arguments: [
            (["TERM": "xterm-256color"], true), (["TERM": "xterm", "NO_COLOR": ""], true),
            (["TERM": "xterm", "NO_COLOR": "1"], false), (["TERM": "xterm", "NO_COLOR": "0"], false),
            (["TERM": "dumb"], false),
            ([:], false),
        ] as [([String: String], Bool)])
    func colours(environment: [String: String], isColoured: Bool) {
        #expect(Page(terminal: Self.size, isCut: true, environment: environment).isColoured == isColoured)
        #expect(!Page(terminal: nil, isCut: true, environment: environment).isColoured)
    }

    @Test("has an edge only on a terminal, and where things are to be cut")
    func width() {
        #expect(Page(terminal: Self.size, isCut: true, environment: [:]).width == 100)
        #expect(Page(terminal: Self.size, isCut: false, environment: [:]).width == nil)
        #expect(Page(terminal: nil, isCut: true, environment: [:]).width == nil)
    }

    @Test(
        "the pager is the one that is asked for and is there, our own variable first",
        arguments: [
            ([:], "less"), (["PAGER": "more"], "more"), (["PAGER": "more", "QUANTCTL_PAGER": "less -S"], "less -S"),
            (["PAGER": "more", "QUANTCTL_PAGER": ""], nil), (["PAGER": "cat"], nil), (["PAGER": " "], nil),
            (["PAGER": "most"], nil), (["PAGER": "/nowhere/less"], nil), (["PAGER": "/bin/sh"], "/bin/sh"),
        ] as [([String: String], String?)])
    func pager(environment: [String: String], command: String?) throws {
        let folder = try TemporaryFolder()
        for name in ["less", "more"] {
            #expect(chmod(try folder.write(name, "").string, 0o755) == 0)
        }
        let path = ["PATH": "/nowhere:\(folder.path)"]
        #expect(Pager(environment: environment.merging(path) { $1 })?.command == command)
    }
}
