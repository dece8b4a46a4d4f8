import Foundation
import Ledger
import SystemPackage
import TestSupport
import Testing
import Vocabulary

/// A place that cannot be written blocks a run; it does not fail it.
@Suite(.serialized) struct BlockedTests {
    @Test("a missing output folder blocks the run, visibly, and the run goes on when the folder is back")
    func missingOutput() async throws {
        let daemon = try DaemonProcess()
        try daemon.start()
        try await daemon.scanned()
        let aside = daemon.folder.path.appending("aside").string
        try FileManager.default.moveItem(atPath: daemon.output.string, toPath: aside)
        try Delivery.copied.deliver(into: daemon.models, from: daemon.folder.path)
        let row = try await daemon.waiting("vision/digits") { $0.contains("blocked") }
        #expect(row.code == "blocked")
        #expect(row.clause.contains("the output folder \(daemon.output) is not there"))
        try FileManager.default.moveItem(atPath: aside, toPath: daemon.output.string)
        let run = try await daemon.ended("vision/digits")
        #expect(run.summary.status == .published)
        #expect(run.summary.attempts == 1)
        #expect(daemon.stop() == 0)
    }

    @Test("a daemon that is stopped while a run is blocked puts the run back, and the next one publishes it")
    func stoppedWhileBlocked() async throws {
        let daemon = try DaemonProcess()
        try daemon.start()
        try await daemon.scanned()
        let aside = daemon.folder.path.appending("aside").string
        try FileManager.default.moveItem(atPath: daemon.output.string, toPath: aside)
        try Delivery.copied.deliver(into: daemon.models, from: daemon.folder.path)
        _ = try await daemon.waiting("vision/digits") { $0.contains("blocked") }
        #expect(daemon.stop() == 0)
        let ledger = try LedgerReader(path: daemon.state.appending("ledger.sqlite"))
        #expect(try ledger.status().queued == 1)
        try FileManager.default.moveItem(atPath: aside, toPath: daemon.output.string)
        try daemon.start()
        #expect(try await daemon.ended("vision/digits").summary.status == .published)
        #expect(try ledger.events(latest: 10).allSatisfy { $0.kind != "interrupted" })
        #expect(daemon.stop() == 0)
    }
}
