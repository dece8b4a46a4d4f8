import Foundation
import Ledger
import SystemPackage
import TestSupport
import Testing
import Vocabulary

/// What is published can be proved, and what was changed is found.
@Suite(.serialized) struct ProofTests {
    /// A daemon that has published the digits model, with samples and figures.
    static func published(_ extra: String = "") async throws -> DaemonProcess {
        let daemon = try DaemonProcess()
        try daemon.start("\(extra)\n[evaluate]\nsamples = 8", evaluates: true)
        try GateTests.put(daemon, table: "model.table", samples: true)
        let run = try await daemon.ended("digits")
        #expect(run.summary.status == .published)
        return daemon
    }

    private static func run(_ program: String, _ arguments: [String], in folder: FilePath) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/\(program)")
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: folder.string)
        process.standardOutput = Pipe()
        process.standardError = Pipe()
        try process.start()
        process.waitUntilExit()
        return process.terminationStatus
    }

    private static func flip(_ path: FilePath, bit: Int) throws {
        var bytes = try Fixtures.bytes(path)
        bytes[bit / 8] ^= 1 << (bit % 8)
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path.string))
        try handle.write(contentsOf: bytes)
        try handle.close()
    }

    @Test("the statement and the sums beside a model are those that the ledger makes again, also once it is pruned")
    func projection() async throws {
        let daemon = try await Self.published()
        let folder = daemon.output.appending("digits/1")
        let statement = String(decoding: try Fixtures.bytes(folder.appending("digits-int8.intoto.json")), as: UTF8.self)
        #expect(try daemon.quantctl("export", "--format", "intoto", "digits").output == statement)
        #expect(statement.contains("\"type\":\"top1\"") && statement.contains("\"verdict\":\"PASSED\""))
        #expect(statement.contains("\"dirHash\":"))
        #expect(try Self.run("sha256sum", ["--check", "--strict", "SHA256SUMS"], in: folder) == 0)

        #expect(try daemon.quantctl("retry", "digits").status == 0)
        _ = try await daemon.ended("digits", after: 1)
        #expect(try daemon.quantctl("prune", "--keep", "1", "--apply").status == 0)
        #expect(!Fixtures.exists(folder))
        #expect(try daemon.quantctl("export", "--format", "intoto", "1").output == statement)
        let all = try daemon.quantctl("export", "--format", "intoto", "--all").output
        #expect(all.hasPrefix(statement) && all.split(separator: "\n").count == 2)
        #expect(daemon.stop() == 0)
    }

    @Test(
        "the dirHash in the statement is what in-toto's own recipe says",
        .enabled(if: Fixtures.exists("/usr/bin/xargs")))
    func samples() async throws {
        let daemon = try await Self.published()
        let statement = try daemon.quantctl("export", "--format", "intoto", "digits").output
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = [
            "-c", "find . -type f | cut -c3- | LC_ALL=C sort | xargs -r sha256sum | sha256sum | cut -f1 -d' '",
        ]
        process.currentDirectoryURL = URL(fileURLWithPath: daemon.models.appending("digits.eval").string)
        let output = Pipe()
        process.standardOutput = output
        try process.start()
        let digest = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(digest.count == 65)
        #expect(statement.contains("\"dirHash\":\"\(digest.dropLast())\""))
        #expect(daemon.stop() == 0)
    }

    @Test("one flipped bit in any file is found and named, by exit code 1, path and both digests")
    func flipped() async throws {
        let daemon = try await Self.published()
        let sound = try daemon.quantctl("verify", "digits")
        #expect(sound.status == 0)
        #expect(sound.output.hasPrefix("1 run, 7 files, ") && sound.output.hasSuffix("all as the ledger says\n"))
        #expect(daemon.stop() == 0)
        let ledger = try LedgerReader(path: daemon.state.appending("ledger.sqlite"))
        let artifacts = try ledger.artifacts(of: 1)
        #expect(artifacts.map(\.role) == [.param, .bin, .table, .int8Param, .int8Bin, .statement, .sums])
        for artifact in artifacts {
            let bit = Int(artifact.size) * 8 / 3
            try Self.flip(artifact.path, bit: bit)
            let found = try daemon.quantctl("verify", "--all")
            #expect(found.status == 1)
            let wanted = try #require(artifact.digest)
            let head = "run 1 of digits: \(artifact.path) has the SHA-256 "
            #expect(found.output.hasPrefix(head) && found.output.contains(", wanted \(wanted)\n"), "\(found.output)")
            #expect(found.output.contains("1 thing wrong in 1 run\n"))
            try Self.flip(artifact.path, bit: bit)
        }
        let aside = daemon.folder.path.appending("aside").string
        let bin = daemon.output.appending("digits/1/digits-int8.bin")
        try FileManager.default.moveItem(atPath: bin.string, toPath: aside)
        let missing = try daemon.quantctl("verify", "1", "--format", "json")
        #expect(missing.status == 1)
        let json = try #require(
            try JSONSerialization.jsonObject(with: Data(missing.output.utf8)) as? [String: Any])
        let finding = try #require((json["findings"] as? [[String: Any]])?.first)
        #expect(finding["problem"] as? String == "missing" && finding["path"] as? String == bin.string)
        #expect(finding["role"] as? String == "int8.bin" && json["sound"] as? Bool == false)
        try FileManager.default.moveItem(atPath: aside, toPath: bin.string)
        #expect(try daemon.quantctl("verify", "digits@1").status == 0)
        #expect(try daemon.quantctl("verify", "nothing").status == 3)
        #expect(try daemon.quantctl("verify").status == 64)
        #expect(try daemon.quantctl("verify", "digits", "--all").status == 64)
    }

    @Test("a run that published nothing has nothing to verify, and says why")
    func nothing() async throws {
        let daemon = try DaemonProcess()
        try daemon.start()
        try BadInputTests.put(daemon, "bad", param: "7767518\n")
        _ = try await daemon.ended("bad")
        let answer = try daemon.quantctl("verify", "bad")
        #expect(answer.status == 1)
        #expect(
            answer.error
                == "quantctl: run 1 of bad is failed: bad.param:1: wrong magic '7767518', wanted 7767517; nothing of it was published\n"
        )
        #expect(try daemon.quantctl("verify", "--all").status == 0)
        #expect(try daemon.quantctl("export", "--format", "intoto", "bad").status == 1)
        #expect(try daemon.quantctl("export", "--format", "intoto", "--all").output.isEmpty)
        #expect(daemon.stop() == 0)
    }

    // MARK: Signatures

    private static func makeKey(_ daemon: DaemonProcess) throws -> (private: FilePath, public: FilePath) {
        let place = daemon.folder.path
        #expect(try run("openssl", ["genpkey", "-algorithm", "ed25519", "-out", "key.pem"], in: place) == 0)
        #expect(try run("openssl", ["pkey", "-in", "key.pem", "-pubout", "-out", "key.pub.pem"], in: place) == 0)
        return (place.appending("key.pem"), place.appending("key.pub.pem"))
    }

    @Test(
        "with a key every statement is signed, as openssl and quantctl verify can check",
        .enabled(if: Fixtures.exists("/usr/bin/openssl")), arguments: [true, false])
    func signed(byCredential: Bool) async throws {
        let daemon = try DaemonProcess()
        let keys = try Self.makeKey(daemon)
        if byCredential {
            try daemon.folder.write("credentials/quantd-signing-key", try Fixtures.bytes(keys.private))
            try daemon.start(environment: ["CREDENTIALS_DIRECTORY": "\(daemon.folder.path)/credentials"])
        } else {
            try daemon.start("signing_key = \"\(keys.private)\"")
        }
        try Delivery.copied.deliver(into: daemon.models, from: daemon.folder.path)
        _ = try await daemon.ended("vision/digits")
        // The same bytes under another name: the result is published again, and signed.
        for ending in ["param", "bin", "table"] {
            try FileManager.default.copyItem(
                atPath: daemon.models.appending("vision/digits.\(ending)").string,
                toPath: daemon.models.appending("twin.\(ending)").string)
        }
        #expect(try await daemon.ended("twin").summary.status == .cached)
        for (model, base) in [("vision/digits", "digits"), ("twin", "twin")] {
            let folder = daemon.output.appending(model).appending("latest")
            let check = [
                "pkeyutl", "-verify", "-pubin", "-inkey", keys.public.string, "-rawin", "-in",
                "\(base)-int8.intoto.json",
                "-sigfile", "\(base)-int8.intoto.json.sig",
            ]
            #expect(try Self.run("openssl", check, in: folder) == 0)
            #expect(try Self.run("sha256sum", ["--check", "--strict", "SHA256SUMS"], in: folder) == 0)
        }
        let sound = try daemon.quantctl("verify", "--all", "--key", keys.public.string)
        #expect(sound.status == 0 && sound.output.hasSuffix("all as the ledger says, and signed\n"), "\(sound.output)")

        // A statement and its digests can be forged by whoever may write the folder; the signature cannot.
        let stranger = try DaemonProcess()
        let other = try Self.makeKey(stranger)
        let wrong = try daemon.quantctl("verify", "twin", "--key", other.public.string)
        #expect(wrong.status == 1)
        #expect(wrong.output.contains("is not the signature of this key over the statement beside it"))
        let half = try daemon.quantctl("verify", "twin", "--key", keys.private.string)
        #expect(half.status == 74)
        #expect(half.error.contains("it is the private one, 'openssl pkey -pubout' writes the public one"))
        #expect(daemon.stop() == 0)

        try daemon.start()
        try BadInputTests.put(daemon, "plain", table: "conv_11_param_0 1\nconv_11 1\n")
        _ = try await daemon.ended("plain")
        #expect(daemon.stop() == 0)
    }

    @Test("a key that cannot be used keeps quantd from starting, with exit code 78")
    func badKey() throws {
        let daemon = try DaemonProcess()
        try daemon.start("signing_key = \"/nowhere/key.pem\"")
        #expect(daemon.waitForEnd() == 78)
        #expect(
            daemon.log.contains("signing_key: the key /nowhere/key.pem cannot be opened: no such file or directory"))
    }

    // MARK: Lineage and exports

    @Test("a file is known by its content, wherever it lies, and by the first digits of its digest")
    func lineage() async throws {
        let daemon = try DaemonProcess()
        try daemon.start()
        try Delivery.copied.deliver(into: daemon.models, from: daemon.folder.path)
        _ = try await daemon.ended("vision/digits")
        let copy = daemon.folder.path.appending("firmware.img").string
        try FileManager.default.copyItem(
            atPath: daemon.output.appending("vision/digits/1/digits-int8.bin").string, toPath: copy)
        let made = try daemon.quantctl("lineage", copy)
        #expect(made.status == 0)
        #expect(made.output.contains("made by run 1 of vision/digits as its int8.bin, published "))
        #expect(made.output.contains("3b3d08d7c961"))
        #expect(try daemon.quantctl("lineage", "3B3D08").output.contains("read by\n"))
        #expect(try daemon.quantctl("lineage", "ffff").status == 3)
        #expect(try daemon.quantctl("lineage", "no-such-file").status == 3)
        #expect(try daemon.quantctl("lineage", daemon.models.string).status == 3)
        let json = try #require(
            try JSONSerialization.jsonObject(
                with: Data(daemon.quantctl("lineage", copy, "--format", "json").output.utf8))
                as? [String: Any])
        #expect((json["inputs"] as? [Any])?.count == 3)
        #expect(((json["made_by"] as? [String: Any])?["run"] as? [String: Any])?["run"] as? Int == 1)
        let unknown = try daemon.folder.write("unknown", "unknown").string
        #expect(try daemon.quantctl("lineage", unknown).status == 3)
        #expect(daemon.stop() == 0)
    }

    @Test("every export is whole, and a file gets its name when it is")
    func exports() async throws {
        let daemon = try DaemonProcess()
        try daemon.start()
        // A name that a spreadsheet would take for a formula.
        try BadInputTests.put(daemon, "=1+1,\"x\"", param: "7767518\n")
        _ = try await daemon.ended("=1+1,\"x\"")
        try Delivery.copied.deliver(into: daemon.models, from: daemon.folder.path)
        _ = try await daemon.ended("vision/digits")
        func object(_ text: some StringProtocol) throws -> [String: Any] {
            try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        }
        let json = try object(daemon.quantctl("export", "--format", "json", "--all").output)
        let runs = try #require(json["runs"] as? [[String: Any]])
        #expect(runs.count == 2 && (runs[1]["layers"] as? [Any])?.count == 14)
        let lines = try daemon.quantctl("export", "--format", "jsonl", "--all").output.split(separator: "\n")
        #expect(try lines.map { try object($0)["uuid"] as? String } == runs.map { $0["uuid"] as? String })
        let csv = try daemon.quantctl("export", "--format", "csv", "--all").output
        let rows = csv.split(separator: "\r\n")
        #expect(rows.count == 3 && rows[0].hasPrefix("run,model,status,verdict,"))
        #expect(rows[1].contains(#","'=1+1,""x""",failed,"#))
        #expect(rows[2].contains(",vision/digits,published,"))

        let file = daemon.folder.path.appending("bill.json")
        #expect(try daemon.quantctl("export", "--format", "cyclonedx", "--all", "-o", file.string).output.isEmpty)
        let bill = try object(String(decoding: Fixtures.bytes(file), as: UTF8.self))
        #expect((bill["components"] as? [[String: Any]])?.compactMap { $0["name"] as? String } == ["vision/digits"])
        let lost = try daemon.quantctl("export", "--format", "csv", "--all", "-o", "/nowhere/x.csv")
        #expect(lost.status == 74)
        #expect(try daemon.quantctl("export", "--format", "xml", "--all").status == 64)
        #expect(daemon.stop() == 0)
    }

    // MARK: The ledger's file

    @Test("the ledger is checked and backed up while the daemon writes; nothing but a backup is replaced")
    func ledger() async throws {
        let daemon = try DaemonProcess()
        try daemon.start()
        try Delivery.copied.deliver(into: daemon.models, from: daemon.folder.path)
        _ = try await daemon.ended("vision/digits")
        for arguments in [["db", "check"], ["db", "check", "--quick"]] {
            let check = try daemon.quantctl(arguments)
            #expect(check.status == 0 && check.output.hasSuffix("of its references: sound\n"), "\(check)")
        }
        let backup = daemon.folder.path.appending("backup.sqlite")
        for _ in 1...2 { #expect(try daemon.quantctl("db", "backup", backup.string).status == 0) }
        #expect(try LedgerReader(path: backup).history().count == 1)
        #expect(try LedgerReader(path: backup).check().isSound)

        for own in ["ledger.sqlite", "ledger.sqlite-wal", "ledger.sqlite-lock"] {
            let refused = try daemon.quantctl("db", "backup", daemon.state.appending(own).string)
            #expect(refused.status == 1 && refused.error.contains("is the ledger itself"))
        }
        let precious = try daemon.folder.write("thesis.odt", "years of work")
        let refused = try daemon.quantctl("db", "backup", precious.string)
        #expect(refused.status == 1)
        #expect(refused.error == "quantctl: \(precious) is there and is no backup of a ledger; it was left alone\n")
        #expect(try Fixtures.bytes(precious) == Array("years of work".utf8))
        #expect(try daemon.quantctl("db", "backup", "/nowhere/x.sqlite").status == 74)
        #expect(daemon.stop() == 0)

        // A page of a table is overwritten.
        let path = daemon.folder.path.appending("backup.sqlite").string
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        try handle.seek(toOffset: 4096 * 6)
        try handle.write(contentsOf: Data(repeating: 0xFF, count: 4096))
        try handle.close()
        let state = daemon.folder.path.appending("damaged")
        try FileManager.default.createDirectory(atPath: state.string, withIntermediateDirectories: true)
        try FileManager.default.moveItem(atPath: path, toPath: state.appending("ledger.sqlite").string)
        let damaged = try daemon.quantctl(["db", "check"], state: state)
        #expect([1, 65].contains(damaged.status))
        #expect((damaged.output + damaged.error).contains("damaged"), "\(damaged)")
    }

    @Test("the doctor finds nothing to fail on where a daemon runs, and says what to do where none ever did")
    func doctor() async throws {
        let daemon = try DaemonProcess()
        let before = try daemon.quantctl("doctor", "--format", "json")
        #expect(before.status == 1)
        func checks(_ text: String) throws -> [[String: String]] {
            let json = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
            return try #require(json["checks"] as? [[String: String]])
        }
        let failed = try checks(before.output).filter { $0["state"] == "fail" }
        #expect(failed.map { $0["subject"] } == ["state", "requests"])
        #expect(failed.allSatisfy { $0["advice"] == "start quantd, which makes it" })
        try daemon.start()
        try await daemon.scanned()
        let after = try daemon.quantctl("doctor")
        #expect(after.status == 0, "\(after.output)")
        #expect(after.output.contains("ok    daemon         quantd \(Version.text) is running"))
        #expect(daemon.stop() == 0)
        try daemon.folder.write("quantd.toml", "models = '/m'\n")
        let broken = try daemon.quantctl("doctor", "--config", daemon.folder.path.appending("quantd.toml").string)
        #expect(broken.status == 1 && broken.output.contains("the key 'output' is missing"), "\(broken.output)")
    }
}
