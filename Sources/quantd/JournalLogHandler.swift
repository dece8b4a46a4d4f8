import Glibc
import Logging

/// Speaks journald's native protocol, so that `journalctl QUANTD_MODEL=vision/resnet18` finds what concerns one model.
///
/// One datagram an event, `KEY=value` lines; a value with line feeds is written as its name, eight bytes of length and its
/// bytes (systemd.io/JOURNAL_NATIVE_PROTOCOL). Where the journal does not take one, the event goes out as a line instead.
struct JournalLogHandler: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info
    private let journal: JournalSocket
    private let fallback: LineLogHandler

    init(_ journal: JournalSocket) {
        self.journal = journal
        fallback = LineLogHandler(isUnderSystemd: true)
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        if !journal.send(Self.entry(event)) { fallback.log(event: event) }
    }

    /// The datagram of an event.
    static func entry(_ event: LogEvent) -> [UInt8] {
        var fields = [
            ("MESSAGE", LineLogHandler.text(of: event)), ("PRIORITY", "\(event.level.priority)"),
            ("SYSLOG_IDENTIFIER", "quantd"),
        ]
        for (key, value) in (event.metadata ?? [:]).sorted(by: { $0.key < $1.key }) {
            if key == "event", let id = JournalMessage.ids["\(value)"] { fields.append(("MESSAGE_ID", id)) }
            fields.append(("QUANTD_\(key.uppercased())", "\(value)"))
        }
        return fields.flatMap { field($0.0, $0.1) }
    }

    /// Longer values are cut: a datagram has to fit the socket's buffer, and no message of ours means more.
    private static let longest = 16_384

    private static func field(_ name: String, _ value: String) -> [UInt8] {
        let bytes = Array(value.utf8.prefix(longest))
        guard bytes.contains(UInt8(ascii: "\n")) else {
            return Array("\(name)=".utf8) + bytes + [UInt8(ascii: "\n")]
        }
        let length = withUnsafeBytes(of: UInt64(bytes.count).littleEndian) { Array($0) }
        return Array("\(name)\n".utf8) + length + bytes + [UInt8(ascii: "\n")]
    }
}

/// What each kind of event is called in the journal: `journalctl MESSAGE_ID=…` finds all of a kind, whatever their words.
enum JournalMessage {
    static let ids: [String: String] = [
        "started": "681e4548b59b46869e68eebb63d16d43",
        "stopped": "3be4a83d5eaf4060bc1e6f49c8a13b9c",
        "published": "2c92f02b25ce4a428f3eb441879b618b",
        "cached": "cf3620afb89a4512b3cc1b68f9915a8c",
        "rejected": "93c94897faf74cf4b5be238fb6c8c327",
        "failed": "39079f57c2ad4f899510a0ef43bc8215",
        "blocked": "0fa830ad15d147f496902837f4296f95",
        "worker died": "91e42ce954b24b3c9a169bbdfc21f2cb",
        "reloaded": "1c91155d9d824e3293f2aaf91242d657",
        "refused": "c383d60709d84317b4a20e26d45f5ee8",
    ]
}
