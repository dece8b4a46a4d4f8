import Foundation
import Ledger
import SystemPackage
import TestSupport
import Testing
import Vocabulary

@testable import quantctl

@Suite("quantctl as people start it")
struct CommandTests {
    @Test(
        "the exit code says how it went",
        arguments: [
            (["status"], 0), (["history"], 0), (["history", "nothing*"], 0), (["history", "nothing"], 3),
            (["show", "1"], 0),
            (["show", "99"], 3), (["show", "vision/net@2"], 3), (["show", "vision/net@-1"], 0),
            (["show", "vision/net@-9"], 3),
            (["trend", "nothing"], 3), (["layers", "slow"], 3), (["history", "--limit", "-1"], 64),
            (["history", "--format", "xml"], 64), (["history", "--json", "--format", "csv"], 64),
            (["history", "--json", "--format", "json"], 0), (["history", "-n", "1", "--all"], 64),
            (["history", "--since", "soon"], 64), (["history", "--since", "1h", "--until", "2h"], 64),
            (["history", "--follow", "--json"], 64), (["history", "--follow", "--until", "1h"], 64),
            (["layers", "1", "--worst", "-1"], 64), (["compare", "1", "4"], 0),
            (["compare", "1", "4", "--exit-code"], 1),
            (["compare", "1", "1", "--exit-code"], 0), (["compare", "5", "5", "--exit-code"], 1),
            (["compare", "1"], 64),
            (["history", "--state", "/nowhere"], 3), (["history", "--config", "/nowhere.toml"], 78), (["nonsense"], 64),
        ] as [([String], Int32)])
    func exitCodes(arguments: [String], status: Int32) throws {
        let answer = try CommandLine.quantctl(arguments, SampleLedger())
        #expect(answer.status == status, "\(answer.output)\(answer.error)")
        #expect(answer.error.isEmpty == [0, 1].contains(status))
        #expect(status == 0 || status == 1 || answer.output.isEmpty)
    }

    @Test("a ledger that is none, or from the future, has its own exit code")
    func unreadable() throws {
        let ledger = try SampleLedger()
        let none = try TemporaryFolder()
        try none.write("ledger.sqlite", "this is no ledger")
        let text = try CommandLine.quantctl(["history", "--state", none.path.string], ledger)
        #expect(text.status == 65 && text.error.contains("not a ledger"), "\(text.error)")
        try SampleLedger.sql("PRAGMA user_version = 99", ledger.writer.path)
        let newer = try CommandLine.quantctl(["history"], ledger)
        #expect(newer.status == 65 && newer.error.contains("schema 99"), "\(newer.error)")
    }

    @Test(
        "who names no run is asked what was meant",
        arguments: [
            ("vision/nte", "there is no run of 'vision/nte' in LEDGER; is it 'vision/net'?"),
            ("net", "there is no run of 'net' in LEDGER; is it 'vision/net'?"),
            ("slow", "slow has no run yet: it waits for slow.bin"), ("xyz", "there is no run of 'xyz' in LEDGER"),
            ("99", "there is no run 99 in LEDGER; the latest is run 7"),
            ("vision/net@2", "run 2 is one of '模型', not of 'vision/net'"),
            ("vision/net@99", "vision/net has no run 99; its latest is run 6"),
            ("vision/net@-3", "vision/net has only 3 runs, none 3 before the latest"),
        ])
    func near(text: String, complaint: String) throws {
        let ledger = try SampleLedger()
        let error = try CommandLine.quantctl(["show", text], ledger).error
        #expect(error.replacing("\(ledger.writer.path)", with: "LEDGER") == "quantctl: \(complaint)\n")
    }

    @Test(
        "the history is narrowed, limited and turned around",
        arguments: [
            ([], "6,5,4,3,2,1,7"), (["-n", "2"], "6,5"), (["-n", "2", "--reverse"], "5,6"),
            (["vision/*", "odd"], "6,4,3,1"), (["--status", "failed", "--status", "rejected"], "5,3"),
            (["--verdict", "WARNED"], "4"), (["--since", "2026-09-21 14:14"], "6,5,4"),
            (["--until", "2026-09-21T14:13:40Z"], "1,7"), (["--all"], "6,5,4,3,2,1,7"), (["-n", "0"], ""),
        ] as [([String], String)])
    func history(arguments: [String], runs: String) throws {
        let answer = try CommandLine.quantctl(["history", "--format", "jsonl"] + arguments, SampleLedger())
        let numbers = try answer.output.split(separator: "\n").map { try JsonValue(String($0))["run"]?.integer ?? 0 }
        #expect(numbers.map(String.init).joined(separator: ",") == runs)
    }

    @Test("more runs than are shown are announced, to people and to programs")
    func more() throws {
        let ledger = try SampleLedger()
        for _ in 0..<HistoryCommand.usualLimit { try ledger.end("many", .failed(message: "no")) }
        let table = try CommandLine.quantctl(["history"], ledger).output
        #expect(table.hasSuffix("\n\nthe latest 100; -n or --all shows more\n"))
        #expect(table.split(separator: "\n").count == 102)
        #expect(try JsonValue(try CommandLine.quantctl(["history", "--json"], ledger).output)["more"] == .flag(true))
        let all = try CommandLine.quantctl(["history", "--all"], ledger).output
        #expect(all.split(separator: "\n").count == 108)
        #expect(!(try CommandLine.quantctl(["history", "-n", "5"], ledger).output.contains("shows more")))
    }

    @Test("a history that is shown piece by piece is the same history", arguments: ["json", "jsonl", "csv"])
    func stream(format: String) throws {
        let ledger = try SampleLedger()
        let whole = try CommandLine.quantctl(["history", "-n", "100", "--format", format], ledger).output
        #expect(try CommandLine.quantctl(["history", "--all", "--format", format], ledger).output == whole)
        #expect(try CommandLine.quantctl(["history", "-n", "5000", "--format", format], ledger).output == whole)
        let back = try CommandLine.quantctl(["history", "--all", "--reverse", "--format", format], ledger).output
        #expect(back == (try CommandLine.quantctl(["history", "--reverse", "--format", format], ledger).output))
    }

    @Test("what may be pruned is a line for each model to people, and one for each run to programs")
    func prune() throws {
        let ledger = try SampleLedger()
        for _ in 8...9 { try ledger.end("模型", .published(folder: "/out", verdict: nil)) }
        let table = try CommandLine.quantctl(["prune", "--keep", "1"], ledger).output
        let lines = table.split(separator: "\n").map { $0.split(separator: " ", omittingEmptySubsequences: true) }
        #expect(lines[1].prefix(3) == ["vision/net", "1", "1"])
        #expect(lines[2].prefix(5) == ["模型", "2", "2", "to", "8"])
        #expect(table.contains("3 runs of 2 models, ") && table.hasSuffix("nothing was removed, --apply does it\n"))
        func runs(_ arguments: String...) throws -> [Int?] {
            let json = try CommandLine.quantctl(["prune", "--json"] + arguments, ledger).output
            return try JsonValue(json)["runs"]?.array?.map { $0["run"]?.integer } ?? []
        }
        #expect(try runs("--keep", "1") == [1, 8, 2])
        #expect(try runs("--keep", "1", "vision/*") == [1])
        #expect(try runs("--keep", "9") == [])
    }

    @Test("the doctor leaves a large ledger to 'db check', and says so")
    func largeLedger() throws {
        let ledger = try SampleLedger()
        func finding() throws -> String {
            let json = try JsonValue(CommandLine.quantctl(["doctor", "--json"], ledger).output)
            let checks = json["checks"]?.array ?? []
            return checks.first { $0["subject"]?.text == "ledger" }?["finding"]?.text ?? ""
        }
        #expect(try finding() == "\(ledger.writer.path) can be read and is sound")
        // Pages behind those that the file says it has are nothing to SQLite.
        #expect(truncate(ledger.writer.path.string, 65 << 20) == 0)
        #expect(
            try finding() == "\(ledger.writer.path) can be read; 'quantctl db check' reads all of its 65.0 MiB")
    }

    @Test(
        "layers are chosen and ordered",
        arguments: [
            ([], "0,1,2"), (["--worst", "1"], "2"), (["--only", "float"], "0"), (["--only", "int8"], "1,2"),
            (["--sort", "size"], "1,2,0"), (["--sort", "accumulated"], "1,2,0"), (["--sort", "harm"], "2,1,0"),
            (["--type", "Conv*"], "1"), (["--type", "Input", "--type", "Inner*"], "0,2"),
            (["--worst", "2", "--sort", "graph"], "1,2"),
            (["--worst", "9"], "2,1"), (["--sort", "name"], "1,0,2"), (["--sort", "type"], "1,2,0"),
            (["--sort", "saved"], "1,2,0"),
        ] as [([String], String)])
    func layers(arguments: [String], indices: String) throws {
        let answer = try CommandLine.quantctl(["layers", "1", "--format", "jsonl"] + arguments, SampleLedger())
        let found = try answer.output.split(separator: "\n").map { try JsonValue(String($0))["index"]?.integer ?? -1 }
        #expect(found.map(String.init).joined(separator: ",") == indices)
    }

    @Test("a comparison says what is the same and what is not")
    func compare() throws {
        let ledger = try SampleLedger()
        let json = try JsonValue(CommandLine.quantctl(["compare", "1", "4", "--json"], ledger).output)
        #expect(json["same"] == .flag(false))
        let different = (json["lines"]?.array ?? []).filter { $0["same"] == .flag(false) }
        let names = different.compactMap { line in
            line["part"]?.text.flatMap { part in
                line["name"]?.text.map { "\(part) \($0) \(line["figure"]?.text ?? "")" }
            }
        }
        #expect(
            names == [
                "run  verdict", "run  worst_sqnr_db", "file int8.bin sha256", "metric top1 int8", "layer conv1 sqnr_db",
                "layer fc sqnr_db",
            ])
        #expect(different[1]["delta"]?.number == -2.5)
        let text = try CommandLine.quantctl(["compare", "1", "4"], ledger).output
        #expect(text.contains("1 layers are the same in both") && text.hasSuffix("they differ\n"))
        #expect(try CommandLine.quantctl(["compare", "1", "2"], ledger).output.contains("they differ"))
        #expect(try CommandLine.quantctl(["compare", "1", "vision/net@1"], ledger).output.hasSuffix("the same\n"))
    }

    @Test("a report gets its name from the run, or goes where it is wanted, whole or not at all")
    func report() throws {
        let ledger = try SampleLedger()
        let place = ledger.folder.path
        let usual = try CommandLine.bash("cd \(place) && quantctl report vision/net@1", ledger)
        #expect(usual.status == 0 && usual.output.hasPrefix("net-1.html: "), "\(usual)")
        let page = String(decoding: try Fixtures.bytes(place.appending("net-1.html")), as: UTF8.self)
        #expect(page.hasPrefix("<!DOCTYPE html>") && page.hasSuffix("</html>\n"))
        #expect(page.contains("cannot be shown: /models/vision/net.param is gone."))
        let output = try CommandLine.quantctl(["report", "1", "-o", "-"], ledger)
        #expect(output.output.hasPrefix("<!DOCTYPE html>") && output.error.isEmpty)

        #expect(try CommandLine.quantctl(["report", "nothing"], ledger).status == 3)
        let folder = try CommandLine.quantctl(["report", "1", "-o", place.string], ledger)
        #expect(folder.status == 74 && folder.error == "quantctl: \(place) is a folder, wanted the name of a file\n")
        #expect(try CommandLine.quantctl(["report", "1", "-o", ""], ledger).status == 64)
        #expect(try CommandLine.bash("quantctl report 1 -o - > /dev/full", ledger).status == 74)
        #expect(!Fixtures.exists(FilePath("\(place).part")))
        #expect(
            try CommandLine.bash("ls \(place)", ledger).output.split(separator: "\n").filter { $0.contains("html") }
                == ["net-1.html"])
    }

    @Test("a command that is none is answered with the nearest that is one")
    func commands() throws {
        let ledger = try SampleLedger()
        let slip = try CommandLine.quantctl(["shwo", "1"], ledger)
        #expect(slip.status == 64 && slip.error == "quantctl: there is no command 'shwo'; is it 'show'?\n")
        let far = try CommandLine.quantctl(["frobnicate"], ledger)
        #expect(far.status == 64 && far.error == "quantctl: there is no command 'frobnicate'; see quantctl --help\n")
        #expect(try CommandLine.quantctl(["help", "show"], ledger).status == 0)
        let near = try CommandLine.quantctl(["verify", "vision/nte"], ledger)
        #expect(near.status == 3 && near.error.hasSuffix("; is it 'vision/net'?\n"), "\(near.error)")
    }

    @Test("the status says how far a run is")
    func progress() throws {
        let ledger = try SampleLedger()
        #expect(try CommandLine.quantctl(["status"], ledger).output.contains("evaluating, 120 of 3,600 samples"))
        let json = try JsonValue(CommandLine.quantctl(["status", "--json"], ledger).output)
        let run = try #require(json["running"]?.array?.first)
        #expect(run["run"] == .integer(6) && run["step"] == .text("evaluating"))
        #expect(run["done"] == .integer(120) && run["total"] == .integer(3600))
    }

    @Test("the status says whether the daemon lives, and the exit code says it to scripts")
    func status() throws {
        let ledger = try SampleLedger()
        // The number in the ledger is that of this process, which is no daemon.
        let table = try CommandLine.quantctl(["status", "--exit-code"], ledger)
        #expect(table.status == 1)
        #expect(table.output.contains("is not running, and was not stopped in good order"))
        #expect(table.output.contains("degraded: 3 of 9 folders are not watched"))
        #expect(table.output.contains("waits for slow.bin"))
        #expect(table.output.contains("last failed: run 5 of broken"))
        let json = try JsonValue(CommandLine.quantctl(["status", "--json"], ledger).output)
        #expect(json["disks"]?.array?.map { $0["role"] } == [.text("output"), .text("state")])
        #expect(json["runs"]?["published"] == .integer(2))
    }

    @Test("more waiting models than anyone reads are counted, unless all are wanted")
    func waiting() throws {
        let ledger = try SampleLedger()
        try ledger.writer.setWaiting(
            (0..<1234).map {
                WaitingRow(
                    model: ModelName("w\($0)"), since: SampleLedger.time(0), code: "missing", clause: "waits for w.bin")
            })
        #expect(try CommandLine.quantctl(["status"], ledger).output.contains("and 1,214 more; --all shows them"))
        let all = try CommandLine.quantctl(["status", "--all"], ledger).output
        #expect(all.contains("w1233") && !all.contains("shows them"))
    }

    @Test("a trend goes from the earliest to the latest, with curves")
    func trend() throws {
        let output = try CommandLine.quantctl(["trend", "vision/net"], SampleLedger()).output
        #expect(output.contains("top1      ▁█  50.0 % → 87.5 %"), "\(output)")
        #expect(output.contains("worst dB  █▁  33.5 → 31.0"))
        #expect(output.split(separator: "\n").last?.hasPrefix("  4  ") ?? false)
    }
}
