import Logging
import Pipeline
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import quantd

/// What the daemon says to journald, and what it does where journald does not listen.
@Suite struct JournalTests {
    private let folder: TemporaryFolder
    private let written = Written()

    init() throws {
        folder = try TemporaryFolder()
    }

    private func handler(_ journal: JournalEnd) throws -> JournalLogHandler {
        JournalLogHandler(try #require(JournalSocket(path: journal.path.string)), fallback: written)
    }

    private static func event(
        _ message: Logger.Message, _ level: Logger.Level = .info, _ metadata: Logger.Metadata = [:]
    ) -> LogEvent {
        LogEvent(
            level: level, message: message, error: nil, metadata: metadata, source: "", file: "", function: "", line: 0)
    }

    @Test("an event comes with its words, its priority, the ID of its kind, and each of its facts as a field")
    func fields() throws {
        let journal = try JournalEnd(in: folder.path)
        try handler(journal).log(
            event: Self.event(
                "published /out/vision/net/17", .warning,
                ["model": "vision/net", "run": "17", "event": "published", "verdict": "WARNED", "int8_layers": "9"]))
        #expect(
            try journal.entry() == [
                "MESSAGE": "model vision/net run 17: published /out/vision/net/17", "PRIORITY": "4",
                "SYSLOG_IDENTIFIER": "quantd", "MESSAGE_ID": "2c92f02b25ce4a428f3eb441879b618b",
                "QUANTD_MODEL": "vision/net", "QUANTD_RUN": "17", "QUANTD_EVENT": "published",
                "QUANTD_VERDICT": "WARNED", "QUANTD_INT8_LAYERS": "9",
            ])
        #expect(journal.datagram() == nil)
        #expect(written.lines.isEmpty)
    }

    @Test("an event of no kind has no ID")
    func kindless() throws {
        let journal = try JournalEnd(in: folder.path)
        try handler(journal).log(event: Self.event("events were missed", .notice, ["event": "something else"]))
        let entry = try journal.entry()
        #expect(entry["MESSAGE_ID"] == nil)
        #expect(entry["PRIORITY"] == "5")
    }

    @Test("each kind of event has an ID of its own that journald takes for one")
    func ids() throws {
        #expect(Set(JournalMessage.ids.keys) == Set(EventKind.allCases))
        let ids = JournalMessage.ids.values
        #expect(Set(ids).count == ids.count)
        for id in ids { #expect(id.wholeMatch(of: #/[0-9a-f]{32}/#) != nil, "\(id)") }
        let page = try Fixtures.bytes(Fixtures.repository.appending("docs/operations.md"))
        let lines = String(decoding: page, as: UTF8.self).split(separator: "\n")
        for (kind, id) in JournalMessage.ids {
            #expect(lines.contains { $0.hasPrefix("| `\(kind.rawValue)`") && $0.hasSuffix("| `\(id)` |") }, "\(kind)")
        }
    }

    @Test("a value of several lines comes back whole, and cannot pass for another field")
    func lines() throws {
        let journal = try JournalEnd(in: folder.path)
        let model = "evil\nPRIORITY=0\n_UID=0\n"
        try handler(journal).log(event: Self.event("failed:\nline 2: wanted 3", .error, ["model": "\(model)"]))
        let entry = try journal.entry()
        #expect(entry["QUANTD_MODEL"] == model)
        #expect(entry["MESSAGE"] == "model \(model): failed:\nline 2: wanted 3")
        #expect(entry["PRIORITY"] == "3")
        #expect(entry.count == 4)
    }

    @Test("a message of a million bytes arrives cut, between two characters")
    func long() throws {
        let journal = try JournalEnd(in: folder.path)
        try handler(journal).log(event: Self.event("x\(String(repeating: "ü", count: 500_000))"))
        let message = try #require(try journal.entry()["MESSAGE"])
        #expect(message.utf8.count == JournalLogHandler.longest - 1)
        #expect(message.dropFirst().allSatisfy { $0 == "ü" })
    }

    @Test("a journal that takes nothing holds nobody up, and hears afterwards how much it missed")
    func busy() throws {
        let journal = try JournalEnd(in: folder.path)
        let socket = try #require(JournalSocket(path: journal.path.string))
        var count = 0
        while case .taken = socket.send([UInt8](repeating: 65, count: 4096)), count < 100_000 { count += 1 }
        #expect(count < 100_000)
        let handler = try handler(journal)
        for number in 1...3 { handler.log(event: Self.event("number \(number)")) }
        #expect(written.lines.isEmpty)
        while journal.datagram() != nil {}
        handler.log(event: Self.event("number 4"))
        let loss = try journal.entry()
        #expect(loss["MESSAGE"] == "3 messages before this one could not be written")
        #expect(loss["MESSAGE_ID"] == JournalMessage.ids[.lost])
        #expect(try journal.entry()["MESSAGE"] == "number 4")
        handler.log(event: Self.event("number 5"))
        #expect(try journal.entry()["MESSAGE"] == "number 5")
    }

    @Test("where the journal has gone an event is a line, and a journal that was started anew is found again")
    func restarted() throws {
        var journal: JournalEnd? = try JournalEnd(in: folder.path)
        let handler = try handler(try #require(journal))
        journal = nil
        handler.log(event: Self.event("nobody hears"))
        #expect(written.lines == ["nobody hears"])
        let next = try JournalEnd(in: folder.path)
        handler.log(event: Self.event("here again"))
        #expect(try next.entry()["MESSAGE"] == "here again")
        #expect(written.lines == ["nobody hears"])
    }
}

/// Keeps what would have been written as lines.
final class Written: LogHandler, Sendable {
    private let kept = Mutex<[String]>([])

    var lines: [String] { kept.withLock { $0 } }
    var metadata: Logger.Metadata {
        get { [:] }
        set {}
    }
    var logLevel: Logger.Level {
        get { .trace }
        set {}
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { nil }
        set {}
    }

    func log(event: LogEvent) {
        kept.withLock { $0.append("\(event.message)") }
    }
}
