import Foundation
import Logging
import SystemPackage
import Vocabulary

/// One line of plain text on standard error for each event.
///
/// Under systemd a line begins with the priority in angle brackets (sd-daemon(3)) and the journal has the time; elsewhere
/// it begins with the time.
struct LineLogHandler: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info
    private let isUnderSystemd: Bool
    private static let lost = LostEvents()

    init(isUnderSystemd: Bool) {
        self.isUnderSystemd = isUnderSystemd
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let head =
            isUnderSystemd ? "<\(event.level.priority)>" : "\(Date.now.ISO8601Format()) \(event.level) "
        // A line break in a message (a file may be called anything) must not begin a line of its own.
        let text = Self.text(of: event).replacing("\n", with: "\\n").harmless
        let earlier = Self.lost.take()
        let loss = earlier > 0 ? "\(head)\(LostEvents.clause(earlier))\n" : ""
        // A full disk or a reader that has gone ends no daemon.
        if (try? FileDescriptor.standardError.writeAll(Array("\(loss)\(head)\(text)\n".utf8))) == nil {
            Self.lost.add(earlier + 1)
        }
    }

    /// The event in words, with the model and run that it is about in front.
    static func text(of event: LogEvent) -> String {
        let subject = ["model", "run"].compactMap { key in (event.metadata?[key]).map { "\(key) \($0)" } }
        return subject.isEmpty ? "\(event.message)" : "\(subject.joined(separator: " ")): \(event.message)"
    }
}

extension Logger.Level {
    /// syslog's number for it.
    var priority: Int {
        switch self {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }
}
