import ArgumentParser
import Ledger
import SystemPackage
import TestSupport
import Testing
import Vocabulary

@testable import quantctl

@Suite("JSON and its schema")
struct SchemaTests {
    private static let docs = Fixtures.repository.appending("docs")

    private func schema() throws -> JsonSchema {
        try JsonSchema(String(decoding: Fixtures.bytes(Self.docs.appending("quantctl.schema.json")), as: UTF8.self))
    }

    /// The commands, and what their lines are called.
    private static let commands: [(arguments: [String], document: String, line: String)] = [
        (["history"], "history", "run"), (["history", "--status", "failed", "-n", "0"], "history", "run"),
        (["trend", "vision/net"], "trend", "run"), (["show", "1"], "show", "run"), (["show", "4"], "show", "run"),
        (["show", "5"], "show", "run"), (["show", "7"], "show", "run"), (["layers", "1"], "layers", "layer"),
        (["layers", "2"], "layers", "layer"), (["status"], "status", "status_line"),
        (["compare", "1", "4"], "compare", "comparison_line"), (["compare", "1", "5"], "compare", "comparison_line"),
        (["verify", "--all"], "verify", "finding"), (["verify", "4"], "verify", "finding"),
        (["lineage", "0202"], "lineage", "use_line"), (["lineage", digest], "lineage", "use_line"),
        (["prune", "--keep", "1"], "prune", "prunable_run"), (["prune", "--keep", "9"], "prune", "prunable_run"),
        (["prune", "--keep", "1", "--apply"], "prune", "prunable_run"), (["retry", "odd", "4"], "retry", "request"),
        (["doctor"], "doctor", "check"), (["db", "check"], "db_check", "fault"),
    ]

    /// What run 4 made.
    private static let digest = SampleLedger.digest(64).hex

    @Test("every answer is what its schema says, and has no field that the schema lacks", arguments: commands.indices)
    func answers(index: Int) throws {
        let (arguments, document, line) = Self.commands[index]
        let ledger = try SampleLedger()
        let schema = try schema()
        try ledger.makeRequests()
        let json = try CommandLine.quantctl(arguments + ["--json"], ledger)
        // 1 is an answer too: the files of the sample are not there.
        #expect([0, 1].contains(json.status) && json.error.isEmpty, "\(json.error)")
        #expect(try schema.faults(json.output, as: document) == [])

        let lines = try CommandLine.quantctl(arguments + ["--format", "jsonl"], ledger).output.split(separator: "\n")
        for text in lines { #expect(try schema.faults(String(text), as: line) == []) }
        let table = try CommandLine.quantctl(arguments + ["--format", "csv"], ledger).output.split(separator: "\r\n")
        #expect(table.count == lines.count + 1)
        let columns = try #require(table.first).split(separator: ",").map(String.init)
        #expect(Set(columns).isSubset(of: schema.fields))
    }

    @Test("exports answer by the schema")
    func exports() throws {
        let ledger = try SampleLedger()
        let schema = try schema()
        func export(_ format: String) throws -> String {
            try CommandLine.quantctl(["export", "--format", format, "--all"], ledger).output
        }
        #expect(try schema.faults(export("json"), as: "export") == [])
        let lines = try export("jsonl").split(separator: "\n")
        #expect(lines.count == 5)
        for line in lines { #expect(try schema.faults(String(line), as: "show") == []) }
        let columns = try #require(try export("csv").split(separator: "\r\n").first).split(separator: ",")
        #expect(Set(columns.map(String.init)).isSubset(of: schema.fields))
        #expect(columns.starts(with: RunSummary.fields.flatMap(\.names).map { Substring($0) }))
        let file = ledger.folder.path.appending("copy.sqlite").string
        let backup = try CommandLine.quantctl(["db", "backup", file, "--json"], ledger)
        #expect(try schema.faults(backup.output, as: "db_backup") == [])
    }

    @Test("the commands without a ledger answer by the schema too")
    func tools() throws {
        let ledger = try SampleLedger()
        let schema = try schema()
        let model = Fixtures.golden("digits-cnn")
        let files = ["param", "bin"].map { model.appending("model.\($0)").string }
        let made = ["o.param", "o.bin"].map { ledger.folder.path.appending($0).string }
        let commands: [([String], String, String)] = [
            (["inspect"] + files, "inspect", "model_line"), (["inspect", files[0]], "inspect", "model_line"),
            (["quantize"] + files + made + [model.appending("model.table").string], "quantize", "layer"),
            (["evaluate"] + files + made + ["--samples", "2"], "evaluate", "metric"),
            (["bench"] + files + ["--runs", "2"], "bench", "timed_layer"),
        ]
        for (arguments, document, line) in commands {
            let json = try CommandLine.quantctl(arguments + ["--json"], ledger)
            #expect(json.status == 0, "\(json.error)")
            #expect(try schema.faults(json.output, as: document) == [])
            for text in try CommandLine.quantctl(arguments + ["--format", "jsonl"], ledger).output.split(
                separator: "\n")
            {
                #expect(try schema.faults(String(text), as: line) == [])
            }
        }
    }

    @Test("a value that breaks the schema is found")
    func strict() throws {
        let schema = try schema()
        let event = #"{"at":"2026-11-23T13:15:27.123456Z","kind":"a","message":"b"}"#
        #expect(try schema.faults(event, as: "event") == [])
        for (good, bad) in [
            ("\"a\"", "1"), ("T13", " 13"), ("\"kind\"", "\"kinds\""), ("\"message\"", "\"more\":1,\"message\""),
        ] {
            #expect(try schema.faults(event.replacing(good, with: bad), as: "event") != [])
        }
        #expect(
            try schema.faults(#"{"a":"x","same":1,"part":"run","name":"","figure":"f"}"#, as: "comparison_line") != [])
        #expect(
            try schema.faults(#"{"a":"x","same":true,"part":"run","name":"","figure":"f"}"#, as: "comparison_line")
                == [])
        #expect(try schema.faults(#""nan""#, as: "number") == [])
        #expect(try schema.faults(#""NaN""#, as: "number") != [])
    }

    @Test("the page on JSON names every field")
    func page() throws {
        let page = String(decoding: try Fixtures.bytes(Self.docs.appending("json.md")), as: UTF8.self)
        let fields = try schema().fields
        #expect(fields.count > 50)
        for field in fields.sorted() { #expect(page.contains("`\(field)`"), "\(field)") }
    }

    @Test("every command has its place in the tour and a man page")
    func tour() throws {
        let tour = String(decoding: try Fixtures.bytes(Self.docs.appending("quantctl.md")), as: UTF8.self)
        let commands = Quantctl.configuration.subcommands.map { $0._commandName }
        #expect(commands.count > 15)
        for command in commands {
            #expect(tour.contains("`\(command)`") || tour.contains("quantctl \(command) "), "\(command)")
            #expect(Fixtures.exists(Self.docs.appending("man/quantctl.\(command).1")), "\(command)")
        }
    }

    @Test("what another program would make of the fields of a run")
    func run() throws {
        let ledger = try SampleLedger()
        let text = try CommandLine.quantctl(["show", "4", "--json"], ledger).output
        let run = try #require(try JsonValue(text)["run"])
        #expect(run["bytes_after"] == .integer(1000))
        #expect(run["folder"] == .text("/o\u{FFFD}"))
        #expect(run["folder_base64"] == .text("L2//"))
        #expect(run["finished"] == .text("2026-09-21T14:14:03.000000Z"))
        #expect(run["top1_delta"]?.number == 0.125)
        #expect(run["message"] == nil)
    }
}
