import Foundation
import Ledger
import SystemPackage
import TestSupport
import Testing
import Vocabulary

/// Bad input gets a clear answer, and the daemon goes on.
@Suite(.serialized) struct BadInputTests {
    static func put(
        _ daemon: DaemonProcess, _ name: String, param: String? = nil, bin: [UInt8]? = nil, table: String? = nil
    ) throws {
        let golden = Fixtures.golden("digits-cnn")
        let files = try [
            ("param", param.map { Array($0.utf8) } ?? Fixtures.bytes(golden.appending("model.param"))),
            ("table", table.map { Array($0.utf8) } ?? Fixtures.bytes(golden.appending("model.table"))),
            ("bin", bin ?? Fixtures.bytes(golden.appending("model.bin"))),
        ]
        for (ending, bytes) in files {
            try Data(bytes).write(to: URL(fileURLWithPath: daemon.models.appending("\(name).\(ending)").string))
        }
    }

    @Test("a truncated bin waits and says how many bytes are missing, and is taken when the rest has come")
    func truncated() async throws {
        let daemon = try DaemonProcess()
        try daemon.start()
        let whole = try Fixtures.bytes(Fixtures.golden("digits-cnn").appending("model.bin"))
        try Self.put(daemon, "digits", bin: Array(whole.dropLast(1000)))
        let row = try await daemon.waiting("digits") { $0.contains("more bytes") }
        #expect(row.clause == "waits for 1000 more bytes of its .bin (found 154756, wanted 155756)")
        let status = try daemon.quantctl("status")
        #expect(status.status == 0)
        #expect(status.output.contains("waits for 1000 more bytes of its .bin (found 154756, wanted 155756)"))

        let path = daemon.models.appending("digits.bin").string
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        try handle.seekToEnd()
        try handle.write(contentsOf: whole.suffix(1000))
        try handle.close()
        #expect(try await daemon.ended("digits").summary.status == .published)
        #expect(daemon.stop() == 0)
    }

    @Test(
        "a damaged model fails with file, line and reason, and the next one is published",
        arguments: [
            ("7767518\n", "bad.param:1: wrong magic '7767518', wanted 7767517"),
            ("7767517\n3 1\nInput in0 0 1 in0\n", "bad.param:4: header says 3 layers, the file ends after 1"),
            (
                "7767517\n2 2\nInput in0 0 1 in0\nReLU r 1 1 nowhere out\n",
                "bad.param:4: layer r: unknown bottom 'nowhere', no earlier layer makes a blob of this name"
            ),
            (
                "7767517\n2 2\nInput in0 0 1 in0\nReLU in0 1 1 in0 out\n",
                "bad.param:4: layer in0: duplicate name, line 3 has a layer of this name already"
            ),
            (
                "7767517\n1 1\nInput in0 0 1 in0\n",
                "bad.bin at byte 0: has 155756 bytes, bad.param asks for 0: it belongs to another model"
            ),
        ])
    func damaged(param: String, message: String) async throws {
        let daemon = try DaemonProcess()
        try daemon.start()
        try Self.put(daemon, "bad", param: param)
        let run = try await daemon.ended("bad")
        #expect(run.summary.status == .failed)
        #expect(run.summary.message == message)
        try Self.put(daemon, "good")
        #expect(try await daemon.ended("good").summary.status == .published)
        #expect(try daemon.quantctl("history").output.contains(message))
        #expect(daemon.stop() == 0)
    }

    @Test("a table that names no layer of the model fails and says so")
    func foreignTable() async throws {
        let daemon = try DaemonProcess()
        try daemon.start()
        try Self.put(daemon, "digits", table: "other_param_0 1 2\nother 3\n")
        let run = try await daemon.ended("digits")
        #expect(run.summary.status == .failed)
        #expect(
            run.summary.message
                == "digits.table: names no layer of digits.param: it has 2 rows, its first row is 'other_param_0' on line 1"
        )
        // What was refused is known for ever, the .bin too, whose digest the quantizer does not wait for.
        #expect(try daemon.hasDigests(of: ["param", "bin", "table"], run))
        #expect(!Fixtures.exists(daemon.output.appending("digits/latest")))
        #expect(daemon.stop() == 0)
    }

    @Test("a model without a table waits for it")
    func withoutTable() async throws {
        let daemon = try DaemonProcess()
        try daemon.start()
        try Self.put(daemon, "digits")
        _ = try await daemon.ended("digits")
        for ending in ["param", "bin"] {
            try FileManager.default.copyItem(
                atPath: daemon.models.appending("digits.\(ending)").string,
                toPath: daemon.models.appending("lonely.\(ending)").string)
        }
        let row = try await daemon.waiting("lonely") { $0.contains("waits for lonely.table") }
        #expect(row.code == "missing")
        #expect(daemon.stop() == 0)
    }

    @Test("a model's own settings let it go on without a table, and decide how it is quantized")
    func ownSettings() async throws {
        let daemon = try DaemonProcess()
        try daemon.start()
        let golden = Fixtures.golden("gemm")
        try daemon.folder.write(
            "models/gemm.toml", "table = \"optional\"\n[quantize]\nfloat_storage = \"fp16\"\nexclude = [\"call\"]\n")
        for ending in ["param", "bin"] {
            try FileManager.default.copyItem(
                atPath: golden.appending("model.\(ending)").string,
                toPath: daemon.models.appending("gemm.\(ending)").string)
        }
        let run = try await daemon.ended("gemm")
        #expect(run.summary.status == .published)
        #expect(run.recipe?.floatStorage == "fp16")
        let layers = try LedgerReader(path: daemon.state.appending("ledger.sqlite")).layers(of: 1)
        let layer = try #require(layers.first { $0.name == "call" })
        #expect(layer.decision.reason?.code == .excluded)
        #expect(layer.storageAfter == "fp16")

        try daemon.folder.write("models/gemm.toml", "tabel = \"optional\"\n")
        let failed = try await daemon.ended("gemm", after: 1)
        #expect(failed.summary.status == .failed)
        #expect(failed.summary.message == "gemm.toml: unknown key 'tabel'")
        #expect(daemon.stop() == 0)
    }

    @Test("a killed daemon's run is taken up again by the next one")
    func killed() async throws {
        let daemon = try DaemonProcess()
        try daemon.start()
        try await daemon.scanned()
        try Self.put(daemon, "digits")
        daemon.kill()
        try daemon.start()
        #expect(try await daemon.ended("digits").summary.status == .published)
        #expect(try daemon.quantctl("history", "--format", "json").output.contains("\"status\" : \"published\""))
        #expect(daemon.stop() == 0)
    }

    @Test("what waited when a daemon was killed is not listed by the next one when it is gone")
    func staleWaiting() async throws {
        let daemon = try DaemonProcess()
        try daemon.start()
        let whole = try Fixtures.bytes(Fixtures.golden("digits-cnn").appending("model.bin"))
        try Self.put(daemon, "digits", bin: Array(whole.dropLast(1000)))
        _ = try await daemon.waiting("digits") { $0.contains("more bytes") }
        daemon.kill()
        for ending in ["param", "bin", "table"] {
            try FileManager.default.removeItem(atPath: daemon.models.appending("digits.\(ending)").string)
        }
        try daemon.start()
        try await daemon.scanned()
        #expect(daemon.stop() == 0)
        #expect(try LedgerReader(path: daemon.state.appending("ledger.sqlite")).status().waiting.isEmpty)
    }

    @Test("quantctl answers with the documented exit codes")
    func exitCodes() async throws {
        let daemon = try DaemonProcess()
        #expect(try daemon.quantctl("status").status == 3)
        try daemon.start()
        try await daemon.scanned()
        #expect(try daemon.quantctl("status").status == 0)
        let absent = try daemon.quantctl("show", "nothing")
        #expect(absent.status == 3)
        #expect(absent.error.hasPrefix("quantctl: there is no run of 'nothing' in "))
        #expect(try daemon.quantctl("history", "--limit", "-1").status == 64)
        #expect(daemon.stop() == 0)
        #expect(try daemon.quantctl("status").status == 0)
    }
}
