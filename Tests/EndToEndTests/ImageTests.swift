import Foundation
import Ledger
import ModelFormat
import SystemPackage
import TestSupport
import Testing
import Vocabulary

/// A model beside which images lie.
@Suite(.serialized) struct ImageTests {
    static let count = 40

    /// Puts the first held-out digits into the folder as PNG files with labels.
    static func putImages(_ daemon: DaemonProcess) throws {
        let golden = Fixtures.golden("digits-cnn")
        let values = try NpyFile(FileBytes(golden.appending("eval-x.npy")), limit: 1 << 24).floats
        let labels = try NpyFile(FileBytes(golden.appending("eval-y.npy")), limit: 1 << 24).integers ?? []
        for index in 0..<count {
            let pixels = values[index * 64..<(index + 1) * 64].map { UInt8($0 * 16) }
            try daemon.folder.write("models/digits.eval/\(100 + index).png", GrayPng.bytes(width: 8, pixels))
        }
        let lines = (0..<count).map { "\(100 + $0).png \(labels[$0])\n" }
        try daemon.folder.write("models/digits.eval/labels.txt", lines.joined())
    }

    static func putModel(_ daemon: DaemonProcess) throws {
        for ending in ["param", "table", "bin"] {
            let content = try Fixtures.bytes(Fixtures.golden("digits-cnn").appending("model.\(ending)"))
            try daemon.folder.write("models/digits.\(ending)", content)
        }
    }

    static func putSettings(_ daemon: DaemonProcess) throws {
        try daemon.folder.write(
            "models/digits.toml", "[images]\nshape = [8, 8]\npixel = \"GRAY\"\nmean = [0]\nnorm = [0.0625]\n")
    }

    @Test("is measured on them once its settings say how, and fails with the missing keys before")
    func measured() async throws {
        let daemon = try DaemonProcess()
        try Self.putImages(daemon)
        try daemon.start(evaluates: true)
        try Self.putModel(daemon)
        let first = try await daemon.ended("digits")
        #expect(first.summary.status == .failed)
        #expect(first.summary.message?.hasSuffix("missing: shape, pixel, mean, norm") == true)
        try Self.putSettings(daemon)
        let second = try await daemon.ended("digits", after: first.summary.run)
        #expect(second.summary.status == .published)
        #expect(second.summary.verdict == .passed)
        let metrics = try LedgerReader(path: daemon.state.appending("ledger.sqlite")).metrics(of: second.summary.run)
        let top1 = try #require(metrics.first { $0.metric.type == "top1" })
        #expect(top1.dataset == "digits.eval")
        #expect(top1.metric.samples == Self.count)
        #expect((top1.metric.float ?? 0) > 0.9)
        #expect(daemon.stop() == 0)
    }

    @Test("of which one is damaged fails with its name, and the daemon goes on")
    func damaged() async throws {
        let daemon = try DaemonProcess()
        try Self.putImages(daemon)
        try daemon.folder.write("models/digits.eval/105.png", [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0])
        try Self.putSettings(daemon)
        try daemon.start(evaluates: true)
        try Self.putModel(daemon)
        let run = try await daemon.ended("digits")
        #expect(run.summary.status == .failed)
        #expect(run.summary.message == "105.png: cannot be decoded as PNG: the file ends early")
        #expect(!Fixtures.exists(daemon.output.appending("digits/latest")))
        #expect(daemon.stop() == 0)
    }
}
