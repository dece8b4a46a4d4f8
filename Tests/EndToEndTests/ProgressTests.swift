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
        try daemon.start(ManySamples.configuration, evaluates: true)
        try ManySamples.put(daemon)
        for ending in ["param", "bin", "table"] {
            let bytes = try Fixtures.bytes(Fixtures.golden("digits-cnn").appending("model.\(ending)"))
            try daemon.folder.write("models/digits.\(ending)", bytes)
        }
        let progress = try await daemon.await("progress of run 1") { ledger in
            try ledger.status().progress[1].flatMap { $0.step == "evaluating" && $0.done > 0 ? $0 : nil }
        }
        #expect(progress.total == ManySamples.count && (1..<progress.total).contains(progress.done))
        let status = try daemon.quantctl("status").output
        #expect(status.contains("evaluating, ") && status.contains(" of 1,000,000 samples"), "\(status)")
        #expect(daemon.stop() == 0)
        let ledger = try LedgerReader(path: daemon.state.appending("ledger.sqlite"))
        #expect(try ledger.status().progress.isEmpty)
    }
}
