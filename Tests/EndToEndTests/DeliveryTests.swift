import Foundation
import Ledger
import SystemPackage
import TestSupport
import Testing
import Vocabulary

/// The main job with the real executables, from files that arrive to rows that are asked for.
@Suite(.serialized) struct DeliveryTests {
    @Test("a model is published once, whole and right, however it arrives", arguments: Delivery.allCases)
    func delivered(delivery: Delivery) async throws {
        let daemon = try DaemonProcess()
        try daemon.start("[quantize]\nfloat_storage = \"fp16\"")
        try delivery.deliver(into: daemon.models, from: daemon.folder.path)

        let run = try await daemon.ended("vision/digits")
        #expect(run.summary.status == .published)
        #expect(run.summary.run == 1)
        let latest = daemon.output.appending("vision/digits/latest")
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: latest.string) == "1")
        let published = try Fixtures.bytes(latest.appending("digits-int8.bin"))
        #expect(published == (try Fixtures.bytes(Fixtures.golden("digits-cnn").appending("expected-int8.bin"))))

        let ledger = try LedgerReader(path: daemon.state.appending("ledger.sqlite"))
        #expect(run.summary.int8Layers == 7)
        #expect(run.summary.bytesAfter == 40172)
        #expect(run.artifacts.count == 7)
        let bin = try #require(run.artifacts.first { $0.role == .bin })
        #expect(bin.digest?.hex == "3b3d08d7c961" + (bin.digest?.hex.dropFirst(12) ?? ""))
        let layers = try ledger.layers(of: 1)
        #expect(layers.count == 14)
        #expect(layers[2].topScale != nil)
        #expect(try ledger.history().count == 1)

        #expect(daemon.stop() == 0)
        let after = try LedgerReader(path: daemon.state.appending("ledger.sqlite")).status()
        #expect(after.daemon?.stopped != nil)
        #expect(after.waiting.isEmpty)
        #expect(after.counts[.published] == 1)
    }

    @Test("SHA256SUMS beside the model holds without us")
    func sums() async throws {
        let daemon = try DaemonProcess()
        try daemon.start()
        try Delivery.copied.deliver(into: daemon.models, from: daemon.folder.path)
        _ = try await daemon.ended("vision/digits")
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/sha256sum")
        process.arguments = ["--check", "--strict", "SHA256SUMS"]
        process.currentDirectoryURL = URL(fileURLWithPath: daemon.output.appending("vision/digits/latest").string)
        process.standardOutput = Pipe()
        try process.start()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }

    @Test("a restarted daemon knows what it did, and a changed model gets a run of its own")
    func restarted() async throws {
        let daemon = try DaemonProcess()
        try daemon.start()
        try Delivery.copied.deliver(into: daemon.models, from: daemon.folder.path)
        _ = try await daemon.ended("vision/digits")
        #expect(daemon.stop() == 0)

        try daemon.start()
        let table = daemon.models.appending("vision/digits.table")
        let text = String(decoding: try Fixtures.bytes(table), as: UTF8.self)
        try Data(text.split(separator: "\n").filter { !$0.hasPrefix("linear_14") }.joined(separator: "\n").utf8)
            .write(to: URL(fileURLWithPath: table.string))
        let second = try await daemon.ended("vision/digits", after: 1)
        #expect(second.summary.run == 2)
        #expect(second.summary.int8Layers == 6)
        let latest = daemon.output.appending("vision/digits/latest").string
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: latest) == "2")
        #expect(daemon.stop() == 0)
    }

    @Test("the same bytes under another name are published from the first result")
    func cached() async throws {
        let daemon = try DaemonProcess()
        try daemon.start()
        try Delivery.copied.deliver(into: daemon.models, from: daemon.folder.path)
        _ = try await daemon.ended("vision/digits")
        for ending in ["param", "bin", "table"] {
            try FileManager.default.copyItem(
                atPath: daemon.models.appending("vision/digits.\(ending)").string,
                toPath: daemon.models.appending("twin.\(ending)").string)
        }
        let run = try await daemon.ended("twin")
        #expect(run.summary.status == .cached)
        #expect(run.summary.cachedFrom == 1)
        #expect(
            try Fixtures.bytes(daemon.output.appending("twin/latest/twin-int8.bin"))
                == Fixtures.bytes(daemon.output.appending("vision/digits/latest/digits-int8.bin")))
        #expect(daemon.stop() == 0)
    }

    @Test("a model that differs from a known one in a single weight, where nothing is looked at first, is computed")
    func almostKnown() async throws {
        let daemon = try DaemonProcess()
        try daemon.start()
        try Delivery.copied.deliver(into: daemon.models, from: daemon.folder.path)
        let first = try await daemon.ended("vision/digits")
        for ending in ["param", "bin", "table"] {
            var bytes = try Fixtures.bytes(daemon.models.appending("vision/digits.\(ending)"))
            // Of 155,756 bytes, 4096 are looked at in every 10,110.
            if ending == "bin" { bytes[70_000] ^= 1 }
            try Data(bytes).write(to: URL(fileURLWithPath: daemon.models.appending("other.\(ending)").string))
        }
        let second = try await daemon.ended("other")
        #expect(second.summary.status == .published)
        func bin(_ run: RunDetail) -> ArtifactDigest? { run.artifacts.first { $0.role == .bin }?.digest }
        #expect(bin(second) != bin(first))
        #expect(daemon.stop() == 0)
    }

    @Test("a touched model is not run again")
    func touched() async throws {
        let daemon = try DaemonProcess()
        try daemon.start()
        try Delivery.copied.deliver(into: daemon.models, from: daemon.folder.path)
        _ = try await daemon.ended("vision/digits")
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSince1970: 1_700_000_000)],
            ofItemAtPath: daemon.models.appending("vision/digits.bin").string)
        let dropped = try await daemon.await("a dropped run") { ledger in
            try ledger.events(latest: 10).first { $0.kind == "dropped" }
        }
        #expect(dropped.message == "run 2: the same bytes and settings as the model's latest run")
        #expect(try LedgerReader(path: daemon.state.appending("ledger.sqlite")).history().count == 1)
        #expect(daemon.stop() == 0)
    }

    @Test("a second daemon on the same state says so and exits, the first goes on")
    func secondDaemon() async throws {
        let daemon = try DaemonProcess()
        try daemon.start()
        try await daemon.scanned()
        let second = Process()
        second.executableURL = URL(fileURLWithPath: DaemonProcess.products.appending("quantd").string)
        second.arguments = ["--config", daemon.folder.path.appending("quantd.toml").string]
        let complaint = Pipe()
        second.standardError = complaint
        try second.start()
        let text = String(decoding: complaint.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        second.waitUntilExit()
        #expect(second.terminationStatus == 1)
        #expect(text.contains("another quantd writes it"), "\(text)")
        try Delivery.copied.deliver(into: daemon.models, from: daemon.folder.path)
        #expect(try await daemon.ended("vision/digits").summary.status == .published)
        #expect(daemon.stop() == 0)
    }
}
