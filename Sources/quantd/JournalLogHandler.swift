import Glibc
import Logging
import Pipeline

/// Speaks journald's native protocol, so that `journalctl QUANTD_MODEL=vision/resnet18` finds what concerns one model.
///
/// One datagram an event, `KEY=value` lines; a value with line feeds is written as its name, eight bytes of length and its
/// bytes (systemd.io/JOURNAL_NATIVE_PROTOCOL). The daemon never waits for the journal: what it is too busy to take is lost, and
/// counted in the next one. Where there is no journal, the event goes out as a line instead.
struct JournalLogHandler: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info
    private let journal: JournalSocket
    private let fallback: any LogHandler
    private let lost = LostEvents()

    init(_ journal: JournalSocket, fallback: any LogHandler = LineLogHandler(isUnderSystemd: true)) {
        self.journal = journal
        self.fallback = fallback
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let earlier = lost.take()
        if earlier > 0, journal.send(Self.lossEntry(earlier)) != .taken { lost.add(earlier) }
        switch journal.send(Self.entry(event)) {
        case .taken: break
        case .busy: lost.add(1)
        case .refused: fallback.log(event: event)
        }
    }

    /// The datagram that says how many were lost before it.
    static func lossEntry(_ count: Int) -> [UInt8] {
        let fields = [
            ("MESSAGE", LostEvents.clause(count)), ("PRIORITY", "\(Logger.Level.warning.priority)"),
            ("SYSLOG_IDENTIFIER", "quantd"), ("MESSAGE_ID", JournalMessage.ids[.lost] ?? ""),
            ("QUANTD_EVENT", EventKind.lost.rawValue),
        ]
        return fields.flatMap { field($0.0, $0.1) }
    }

    /// The datagram of an event.
    static func entry(_ event: LogEvent) -> [UInt8] {
        var fields = [
            ("MESSAGE", LineLogHandler.text(of: event)), ("PRIORITY", "\(event.level.priority)"),
            ("SYSLOG_IDENTIFIER", "quantd"),
        ]
        for (key, value) in (event.metadata ?? [:]).sorted(by: { $0.key < $1.key }) {
            if key == "event", let id = EventKind(rawValue: "\(value)").flatMap({ JournalMessage.ids[$0] }) {
                fields.append(("MESSAGE_ID", id))
            }
            fields.append(("QUANTD_\(key.uppercased())", "\(value)"))
        }
        return fields.flatMap { field($0.0, $0.1) }
    }

    /// Longer values are cut: a datagram has to fit the socket's buffer, and no message of ours means more.
    static let longest = 16_384

    private static func field(_ name: String, _ value: String) -> [UInt8] {
        var bytes = Array(value.utf8.prefix(longest + 1))
        if bytes.count > longest {
            // Between two characters, since the journal hides what is not UTF-8; 10xxxxxx goes on with a character.
            var end = longest
            while end > 0, bytes[end] & 0xC0 == 0x80 { end -= 1 }
            bytes.removeSubrange(end...)
        }
        guard bytes.contains(UInt8(ascii: "\n")) else {
            return Array("\(name)=".utf8) + bytes + [UInt8(ascii: "\n")]
        }
        let length = withUnsafeBytes(of: UInt64(bytes.count).littleEndian) { Array($0) }
        return Array("\(name)\n".utf8) + length + bytes + [UInt8(ascii: "\n")]
    }
}
