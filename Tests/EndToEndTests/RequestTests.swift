import Foundation
import Glibc
import Ledger
import SystemPackage
import TestSupport
import Testing
import Vocabulary

/// The daemon does what it is asked through files, once, and answers in the ledger.
@Suite(.serialized) struct RequestTests {
    private static func requests(_ daemon: DaemonProcess) -> [String] {
        let path = daemon.state.appending("requests").string
        return ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
    }

    @Test("a retry runs a published model again, takes no earlier result over, and leaves no file behind")
    func retry() async throws {
        let daemon = try DaemonProcess()
        try daemon.start()
        try Delivery.copied.deliver(into: daemon.models, from: daemon.folder.path)
        _ = try await daemon.ended("vision/digits")
        let answer = try daemon.quantctl("retry", "1")
        #expect(answer.status == 0 && answer.output == "vision/digits: queued as run 2\n", "\(answer)")
        let second = try await daemon.ended("vision/digits", after: 1)
        #expect(second.summary.status == .published && second.summary.trigger == .retry)
        #expect(second.events.map(\.kind) == [LedgerEvent.done])
        #expect(Self.requests(daemon).isEmpty)
        #expect(try daemon.quantctl("retry", "nothing").status == 3)
        #expect(daemon.stop() == 0)
    }

    @Test("a retry of a model whose files are not whole is refused with what is missing")
    func incomplete() async throws {
        let daemon = try DaemonProcess()
        try daemon.start()
        try Delivery.copied.deliver(into: daemon.models, from: daemon.folder.path)
        _ = try await daemon.ended("vision/digits")
        try FileManager.default.removeItem(atPath: daemon.models.appending("vision/digits.table").string)
        _ = try await daemon.waiting("vision/digits") { $0.contains("waits for") }
        let refused = try daemon.quantctl("retry", "vision/digits", "--format", "json")
        #expect(refused.status == 1)
        #expect(refused.output.contains("\"message\" : \"refused: it waits for vision/digits.table\""), "\(refused)")
        for ending in ["param", "bin"] {
            try FileManager.default.removeItem(atPath: daemon.models.appending("vision/digits.\(ending)").string)
        }
        _ = try await daemon.await("nothing waiting") { try $0.status().waiting.isEmpty ? true : nil }
        let gone = try daemon.quantctl("retry", "vision/digits")
        #expect(gone.status == 1)
        #expect(gone.output == "vision/digits: refused: there are no files of it in \(daemon.models)\n")
        #expect(Self.requests(daemon).isEmpty)
        #expect(daemon.stop() == 0)
    }

    @Test("a request that is dropped while no daemon runs is carried out when one does, and only once")
    func later() async throws {
        let daemon = try DaemonProcess()
        try daemon.start()
        try Delivery.copied.deliver(into: daemon.models, from: daemon.folder.path)
        _ = try await daemon.ended("vision/digits")
        #expect(daemon.stop() == 0)
        let asked = try daemon.quantctl("retry", "vision/digits")
        #expect(asked.status == 0)
        #expect(asked.output == "vision/digits: asked; quantd does not run, it will be done when it starts\n")
        let name = try #require(Self.requests(daemon).first)
        let file = daemon.state.appending("requests").appending(name)
        let content = try Fixtures.bytes(file)
        try daemon.start()
        #expect(try await daemon.ended("vision/digits", after: 1).summary.trigger == .retry)
        _ = try await daemon.await("an empty folder") { _ in Self.requests(daemon).isEmpty ? true : nil }
        #expect(daemon.stop() == 0)
        // As if the daemon had died between its answer and the removal of the file.
        try daemon.folder.write("state/requests/\(name)", content)
        try daemon.start()
        _ = try await daemon.await("an empty folder") { _ in Self.requests(daemon).isEmpty ? true : nil }
        #expect(
            try daemon.quantctl("history", "--format", "json").output.components(separatedBy: "\"run\" :").count == 3)
        #expect(daemon.stop() == 0)
    }

    @Test("a model that failed because its workers died is tried again when someone asks")
    func quarantined() async throws {
        let daemon = try DaemonProcess()
        try daemon.start("worker_mib = 64", evaluates: true)
        try WorkerTests.putHuge(daemon)
        #expect(try await daemon.ended("huge").summary.status == .failed)
        #expect(daemon.stop() == 0)
        try daemon.start()
        try await daemon.scanned()
        #expect(try daemon.quantctl("retry", "huge").status == 0)
        #expect(try await daemon.ended("huge", after: 1).summary.status == .published)
        #expect(daemon.stop() == 0)
    }

    @Test("what is no request is refused with an event and removed, and the daemon goes on")
    func hostile() async throws {
        let daemon = try DaemonProcess()
        try daemon.start()
        try await daemon.scanned()
        let id = "0b5e8f0e-6c1f-4b57-9a5c-1d1d8a0a7f11"
        try daemon.folder.write("state/requests/\(id).json", #"{"schema_version":1,"verb":"prune","keeep":1}"#)
        let answer = try await daemon.await("an answer") { try $0.answer(to: id) }
        #expect(answer.kind == LedgerEvent.refused && answer.message == "\(id).json has the unknown key 'keeep'")
        try daemon.folder.write("state/requests/x.json", [UInt8](repeating: 0xFF, count: 100_000))
        let event = try await daemon.await("an event") { ledger in
            try ledger.events(latest: 5).first { $0.message.hasPrefix("x.json") }
        }
        #expect(event.kind == LedgerEvent.refused && event.message == "x.json has no name of a request, <uuid>.json")
        _ = try await daemon.await("an empty folder") { _ in Self.requests(daemon).isEmpty ? true : nil }
        try Delivery.copied.deliver(into: daemon.models, from: daemon.folder.path)
        #expect(try await daemon.ended("vision/digits").summary.status == .published)
        #expect(daemon.stop() == 0)
    }

    /// Publishes the model three times.
    private static func threeRuns(_ daemon: DaemonProcess) async throws {
        try Delivery.copied.deliver(into: daemon.models, from: daemon.folder.path)
        for run in 1...3 {
            _ = try await daemon.ended("vision/digits", after: run - 1)
            if run < 3 { #expect(try daemon.quantctl("retry", "vision/digits").status == 0) }
        }
    }

    @Test("pruning shows first, then removes; the history, verify and show know of it")
    func prune() async throws {
        let daemon = try DaemonProcess()
        try daemon.start()
        try await Self.threeRuns(daemon)
        let model = daemon.output.appending("vision/digits")
        func folders() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: model.string).sorted() }

        let shown = try daemon.quantctl("prune", "--keep", "2")
        #expect(shown.status == 0)
        #expect(shown.output.contains("1 run of 1 model, 39.2 KiB of weights; nothing was removed, --apply does it"))
        #expect(try folders() == ["1", "2", "3", "latest"])
        #expect(try daemon.quantctl("prune", "--older-than", "1d", "--apply").output == "nothing to prune\n")
        // An operator has gone back to the first version.
        try FileManager.default.removeItem(atPath: model.appending("latest").string)
        try FileManager.default.createSymbolicLink(atPath: model.appending("latest").string, withDestinationPath: "1")
        let done = try daemon.quantctl("prune", "--keep", "1", "--older-than", "0s", "vision/*", "--apply")
        #expect(done.status == 0 && done.output == "pruned 1 run, 40172 bytes of weights\n", "\(done)")
        #expect(try folders() == ["1", "3", "latest"])

        #expect(try daemon.quantctl("show", "2").output.contains("  pruned    "))
        #expect(try daemon.quantctl("show", "2", "--format", "json").output.contains("\"pruned\" : \"2"))
        let verified = try daemon.quantctl("verify", "--all")
        #expect(verified.status == 0 && verified.output.contains("3 runs (1 pruned), "), "\(verified)")
        #expect(Self.requests(daemon).isEmpty)
        #expect(try daemon.quantctl("prune").status == 64)
        #expect(try daemon.quantctl("prune", "--keep", "0").status == 64)
        #expect(try daemon.quantctl("prune", "--older-than", "soon").status == 64)
        #expect(daemon.stop() == 0)
    }

    @Test("a folder that a crash left of a pruned run goes at the next start")
    func halfPruned() async throws {
        let daemon = try DaemonProcess()
        try daemon.start()
        try await Self.threeRuns(daemon)
        #expect(daemon.stop() == 0)
        // As if the daemon had died behind the ledger's row.
        do {
            // It keeps other writers away for as long as it lives.
            let writer = try LedgerWriter(path: daemon.state.appending("ledger.sqlite"))
            try writer.prune(1)
            try writer.close()
        }
        #expect(Fixtures.exists(daemon.output.appending("vision/digits/1")))
        try daemon.start()
        try await daemon.scanned()
        #expect(!Fixtures.exists(daemon.output.appending("vision/digits/1")))
        #expect(Fixtures.exists(daemon.output.appending("vision/digits/2")))
        #expect(daemon.stop() == 0)
    }

    @Test("where nobody may ask, or no daemon ever ran, that is said")
    func notAllowed() async throws {
        let daemon = try DaemonProcess()
        #expect(try daemon.quantctl("retry", "x").status == 3)
        try daemon.start()
        try Delivery.copied.deliver(into: daemon.models, from: daemon.folder.path)
        _ = try await daemon.ended("vision/digits")
        #expect(daemon.stop() == 0)
        try FileManager.default.removeItem(atPath: daemon.state.appending("requests").string)
        let answer = try daemon.quantctl("retry", "vision/digits")
        #expect(answer.status == 74 && answer.error.contains("quantd makes it when it starts"))
    }
}
