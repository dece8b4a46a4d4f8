import Foundation
import Ledger
import Reporting
import SystemPackage
import Testing
import Vocabulary

@testable import quantctl

@Suite("Forms for programs")
struct FormTests {
    struct Row: Recordable {
        var text: String?
        var path: FilePath?
        var number: Double?

        static let fields: [Field<Row>] = [
            .text("text") { $0.text },
            .path("path") { $0.path },
            .number("number") { $0.number },
            .texts("notes") { _ in ["a", "b"] },
        ]
    }

    @Test("CSV has a line of names even where there is nothing to tell")
    func noRows() {
        #expect(Csv.text(Records([Row]())) == "text,path,path_base64,number,notes\r\n")
    }

    @Test(
        "a cell is quoted where RFC 4180 wants it, and is no formula in a spreadsheet",
        arguments: [
            ("plain", "plain"), ("a,b", "\"a,b\""), ("say \"hi\"", "\"say \"\"hi\"\"\""),
            ("two\nlines", "\"two\nlines\""),
            ("=1+1", "'=1+1"), ("+1", "'+1"), ("-1", "'-1"), ("@x", "'@x"), ("\tx", "'\tx"),
            ("=a,\"b\"", "\"'=a,\"\"b\"\"\""),
            ("＝1", "'＝1"), ("", ""), ("a=b", "a=b"),
        ])
    func cells(text: String, cell: String) {
        #expect(Csv.text(Records([Row(text: text)])).split(separator: "\r\n")[1] == "\(cell),,,,a; b")
    }

    @Test("negative numbers are numbers, not formulas")
    func negative() {
        #expect(Csv.cell(.number(-0.5)) == "-0.5")
        #expect(Csv.cell(.integer(-3)) == "-3")
    }

    @Test("a path that is not UTF-8 is text, and its bytes stand beside it")
    func paths() throws {
        let odd = FilePath(platformString: [0x2F, 0x61, CChar(bitPattern: 0xFF), 0])
        #expect(
            try Json.line(Row(path: odd).record) == #"{"notes":["a","b"],"path":"/a\#u{FFFD}","path_base64":"L2H/"}"#)
        #expect(try Json.line(Row(path: "/模").record) == #"{"notes":["a","b"],"path":"/模"}"#)
    }

    @Test("numbers that are none are words in JSON")
    func nonFinite() throws {
        #expect(try Json.line(Row(number: -.infinity).record).contains(#""number":"-inf""#))
        #expect(Csv.cell(.number(.nan)) == "nan")
    }

    @Test("single precision keeps its own digits")
    func single() throws {
        let field = Field<Float>.single("scale") { $0 }
        #expect(field.values(0.1) == [.number(0.1)])
        #expect(field.values(.infinity) == [.number(.infinity)])
    }
}

@Suite("Times that people type")
struct MomentTests {
    private static let now = Timestamp("2026-11-23T18:17:16.5Z") ?? .now

    @Test(
        "is understood",
        arguments: [
            ("2026-11-23T18:17:16Z", "2026-11-23T18:17:16Z"),
            ("2026-11-23T18:17:16.25+01:00", "2026-11-23T17:17:16.25Z"),
            ("2026-11-23 18:17:16", "2026-11-23T18:17:16Z"), ("2026-11-23T18:17", "2026-11-23T18:17:00Z"),
            ("2026-11-23 18:17", "2026-11-23T18:17:00Z"), ("2026-11-23", "2026-11-23T00:00:00Z"),
            ("18:17", "2026-11-23T18:17:00Z"), ("09:00:30", "2026-11-23T09:00:30Z"), ("now", "2026-11-23T18:17:16.5Z"),
            ("today", "2026-11-23T00:00:00Z"), ("Yesterday", "2026-11-22T00:00:00Z"), ("2h", "2026-11-23T16:17:16.5Z"),
            ("-2h", "2026-11-23T16:17:16.5Z"), ("1h30m", "2026-11-23T16:47:16.5Z"),
            ("90 min", "2026-11-23T16:47:16.5Z"),
            ("3 days ago", "2026-11-20T18:17:16.5Z"), ("7d", "2026-11-16T18:17:16.5Z"),
            ("1 week ago", "2026-11-16T18:17:16.5Z"),
            ("0s", "2026-11-23T18:17:16.5Z"), (" 2h ", "2026-11-23T16:17:16.5Z"),
        ])
    func understood(text: String, time: String) {
        #expect(Moment(text, now: Self.now)?.time == Timestamp(time))
    }

    @Test(
        "is refused",
        arguments: [
            "", " ", "tomorrow", "2h ago ago", "h", "2", "2 fortnights", "2026-02-30", "2026-13-01", "25:00", "-",
            "--2h", "+2h",
            "2h-", "99999999999d", "2026-11", "ago", "- 2h x", "1e3s", "٣ days ago",
        ])
    func refused(text: String) {
        #expect(Moment(text, now: Self.now) == nil)
    }

    @Test("the oldest time that can be typed does not trap")
    func oldest() {
        #expect(Moment("999999999w", now: Self.now)?.time == Timestamp(microseconds: .min))
    }
}

@Suite("Names that were meant")
struct NearNamesTests {
    private let names = ["vision/resnet18", "vision/resnet50", "speech/wav2letter", "a", "edge/RESNET18"]

    @Test(
        "the nearest come first",
        arguments: [
            ("vision/resnet19", ["vision/resnet18", "vision/resnet50"]),
            ("resnet50", ["vision/resnet50", "edge/RESNET18", "vision/resnet18"]),
            ("vision/resent18", ["vision/resnet18"]), ("wav2leter", ["speech/wav2letter"]),
            ("speech", ["speech/wav2letter"]), ("wav", ["speech/wav2letter"]), ("mobilenet", []), ("b", ["a"]),
            ("", []),
        ])
    func nearest(text: String, found: [String]) {
        let nearest = NearNames.nearest(to: text, among: names)
        #expect(Array(nearest.prefix(found.count)) == found)
        if found.isEmpty { #expect(nearest.isEmpty) }
    }

    @Test(
        "slips are counted",
        arguments: [
            ("abc", "abc", 0), ("abc", "acb", 1), ("abc", "ab", 1), ("abc", "xabc", 1), ("abc", "axc", 1),
            ("", "ab", 2),
            ("ca", "abc", 3), ("abcd", "badc", 2),
        ])
    func slips(left: String, right: String, slips: Int) {
        #expect(NearNames.distance(Array(left.utf8), Array(right.utf8), most: 3) == slips)
        #expect(NearNames.distance(Array(right.utf8), Array(left.utf8), most: 3) == slips)
        #expect(slips == 0 || NearNames.distance(Array(left.utf8), Array(right.utf8), most: slips - 1) == nil)
    }

    @Test(
        "the question names them all",
        arguments: [([], ""), (["a"], "; is it 'a'?"), (["a", "b", "c"], "; is it 'a', 'b' or 'c'?")])
    func question(names: [String], text: String) {
        #expect(NearNames.question(names) == text)
    }
}

@Suite("Settings on record")
struct RecordedSettingsTests {
    @Test("each value has its place")
    func places() {
        let settings = RecordedSettings(json: #"{"b":{"c":0.95,"a":[1,"x"]},"a":true,"n":null,"t":"text"}"#)
        #expect(settings.description == "a=true b.a=[1, x] b.c=0.95 n=null t=text")
        #expect(RecordedSettings(json: "{").description == "{")
    }
}
