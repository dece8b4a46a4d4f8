import Foundation
import Ledger
import SystemPackage
import TestSupport
import Testing
import Vocabulary

/// Whoever waits for a large model sees how far it is.
@Suite(.serialized) struct ProgressTests {
    @Test("a run that takes its time is shown with what it does and how much of it is done")
    func shown() async throws {
        let daemon = try DaemonProcess()
        try daemon.start("[evaluate]\nsamples = 36000\nseconds = 600\n", evaluates: true)
        // More samples than any machine runs before it is asked.
        try daemon.folder.write("models/digits.eval/in0.npy", Self.repeated(100))
        for ending in ["param", "bin", "table"] {
            let bytes = try Fixtures.bytes(Fixtures.golden("digits-cnn").appending("model.\(ending)"))
            try daemon.folder.write("models/digits.\(ending)", bytes)
        }
        let progress = try await daemon.await("progress of run 1") { ledger in
            try ledger.status().progress[1].flatMap { $0.step == "evaluating" && $0.done > 0 ? $0 : nil }
        }
        #expect(progress.total == 36000 && (1..<36000).contains(progress.done))
        let status = try daemon.quantctl("status").output
        #expect(status.contains("evaluating, ") && status.contains(" of 36,000 samples"), "\(status)")
        #expect(daemon.stop() == 0)
        let ledger = try LedgerReader(path: daemon.state.appending("ledger.sqlite"))
        #expect(try ledger.status().progress.isEmpty)
    }

    /// The 360 samples of digits-cnn so many times over.
    private static func repeated(_ times: Int) throws -> [UInt8] {
        let bytes = try Fixtures.bytes(Fixtures.golden("digits-cnn").appending("eval-x.npy"))
        let header = String(decoding: bytes[10..<128], as: UTF8.self)
        let longer = header.replacing("(360,", with: "(\(360 * times),")
        let excess = longer.utf8.count - header.utf8.count
        #expect(longer.hasSuffix(String(repeating: " ", count: excess) + "\n"))
        let samples = Array(repeating: bytes[128...], count: times).joined()
        return bytes[..<10] + Array(longer.dropLast(excess + 1).utf8) + [UInt8(ascii: "\n")] + samples
    }
}
