import Foundation
import Ledger
import SystemPackage
import TestSupport
import Testing
import Vocabulary

/// A model that int8 ruins is stopped, with no configuration at all.
@Suite(.serialized) struct GateTests {
    /// Puts the model whose first layer ncnn's own KL calibration ruins into the folder.
    static func put(_ daemon: DaemonProcess, table: String, samples: Bool) throws {
        let golden = Fixtures.golden("digits-kl-collapse")
        let folder = daemon.models.appending("digits.eval")
        if samples {
            try FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: true)
            try Data(Fixtures.bytes(golden.appending("eval-x.npy")))
                .write(to: URL(fileURLWithPath: folder.appending("in0.npy").string))
            try Data(Fixtures.bytes(golden.appending("eval-y.npy")))
                .write(to: URL(fileURLWithPath: folder.appending("labels.npy").string))
        }
        for (source, ending) in [("model.param", "param"), (table, "table"), ("model.bin", "bin")] {
            try Data(Fixtures.bytes(golden.appending(source)))
                .write(to: URL(fileURLWithPath: daemon.models.appending("digits.\(ending)").string))
        }
    }

    @Test("a table that ruins the model is rejected, with and without samples", arguments: [true, false])
    func rejected(samples: Bool) async throws {
        let daemon = try DaemonProcess()
        try daemon.start(evaluates: true)
        try Self.put(daemon, table: "bad-kl.table", samples: samples)
        let run = try await daemon.ended("digits")
        #expect(run.summary.status == .rejected)
        #expect(run.summary.verdict == .failed)
        #expect(run.summary.message?.contains("min_cosine of output out0 is 0.") == true)
        #expect(!Fixtures.exists(daemon.output.appending("digits/latest")))
        let ledger = try LedgerReader(path: daemon.state.appending("ledger.sqlite"))
        #expect(try daemon.hasDigests(of: ["param", "bin", "table"], run))
        // The report is kept: the first layer is where it happens.
        let layers = try ledger.layers(of: run.summary.run)
        let worst = try #require(layers.min { ($0.local?.sqnr ?? .infinity) < ($1.local?.sqnr ?? .infinity) })
        #expect(worst.name == "convrelu_0")
        let top1 = try ledger.metrics(of: run.summary.run).first { $0.metric.type == "top1" }
        if samples {
            #expect(top1?.metric.float == 352.0 / 360)
            #expect(top1?.metric.int8 == 50.0 / 360)
            #expect(top1?.dataset == "digits.eval")
        } else {
            #expect(top1?.metric.int8 == nil)
            #expect(top1?.metric.reason == "synthetic has no labels")
        }
        #expect(daemon.stop() == 0)
    }

    @Test("a rejected model leaves the last good version in place")
    func lastGoodStays() async throws {
        let daemon = try DaemonProcess()
        try daemon.start(evaluates: true)
        try Self.put(daemon, table: "model.table", samples: false)
        let good = try await daemon.ended("digits")
        #expect(good.summary.status == .published)
        #expect(good.summary.verdict == .passed)
        try Self.put(daemon, table: "bad-kl.table", samples: false)
        let bad = try await daemon.ended("digits", after: 1)
        #expect(bad.summary.status == .rejected)
        let latest = daemon.output.appending("digits/latest").string
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: latest) == "1")
        #expect(try daemon.quantctl("history", "--status", "rejected").output.contains("digits"))
        #expect(daemon.stop() == 0)
    }

    @Test("with on_fail = warn the model is published with a warning")
    func warned() async throws {
        let daemon = try DaemonProcess()
        try daemon.start("[gate]\non_fail = \"warn\"", evaluates: true)
        try Self.put(daemon, table: "bad-kl.table", samples: false)
        let run = try await daemon.ended("digits")
        #expect(run.summary.status == .published)
        #expect(run.summary.verdict == .warned)
        #expect(daemon.stop() == 0)
    }

    @Test("with on_fail = mixed the ruined layer is turned back to float, and the ledger says what that bought")
    func mixed() async throws {
        let daemon = try DaemonProcess()
        try daemon.start("[gate]\non_fail = \"mixed\"", evaluates: true)
        try Self.put(daemon, table: "bad-kl.table", samples: false)
        let run = try await daemon.ended("digits")
        #expect(run.summary.status == .published)
        #expect(run.summary.verdict == .passed)
        #expect(run.summary.int8Layers == 6)
        let ledger = try LedgerReader(path: daemon.state.appending("ledger.sqlite"))
        let layer = try #require(try ledger.layers(of: 1).first { $0.name == "convrelu_0" })
        #expect(layer.decision.reason?.code == .repaired)
        let repair = try #require(run.events.first { $0.kind == "repair" })
        #expect(repair.message.hasPrefix("convrelu_0 is float again: SQNR of out0 "))
        #expect(daemon.stop() == 0)
    }

    @Test("a daemon that is stopped while it runs the twins stops at once, and the next one ends the run")
    func stopped() async throws {
        let daemon = try DaemonProcess()
        try daemon.start(evaluates: true)
        try Self.put(daemon, table: "model.table", samples: true)
        _ = try await daemon.await("a run") { ledger in
            try ledger.run(.latest(ModelName("digits"))).flatMap { $0.summary.started }
        }
        #expect(daemon.stop() == 0)
        try daemon.start(evaluates: true)
        // The first daemon may have been quick enough to end the run itself.
        try await daemon.scanned()
        let run = try await daemon.ended("digits")
        #expect(run.summary.run == 1)
        #expect(run.summary.status == .published)
        #expect(daemon.stop() == 0)
    }

    @Test("a model that cannot be run is published without a verdict, and says why")
    func unmeasured() async throws {
        let daemon = try DaemonProcess()
        try daemon.start(evaluates: true)
        let golden = Fixtures.golden("custom-layer")
        for ending in ["param", "bin", "table"] {
            try FileManager.default.copyItem(
                atPath: golden.appending("model.\(ending)").string,
                toPath: daemon.models.appending("custom.\(ending)").string)
        }
        let run = try await daemon.ended("custom")
        #expect(run.summary.status == .published)
        #expect(run.summary.verdict == nil)
        let metrics = try LedgerReader(path: daemon.state.appending("ledger.sqlite")).metrics(of: 1)
        #expect(!metrics.isEmpty)
        #expect(
            metrics.allSatisfy { $0.metric.int8 == nil && $0.metric.reason?.contains("MyOwnOp, yolov5.Focus") == true })
        #expect(daemon.stop() == 0)
    }
}
