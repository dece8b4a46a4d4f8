import Logging
import Synchronization
import TestSupport
import Testing

@testable import Ledger
@testable import Pipeline

@Suite struct PatienceTests {
    /// Keeps what is logged.
    final class Log: LogHandler {
        let lines = Mutex<[String]>([])
        var metadata: Logger.Metadata {
            get { [:] }
            set {}
        }
        var logLevel: Logger.Level {
            get { .info }
            set {}
        }
        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { nil }
            set {}
        }
        func log(event: LogEvent) { lines.withLock { $0.append("\(event.level) \(event.message)") } }
    }

    @Test("a ledger that cannot be written is said once, and once that it can; systemd hears of it and of what follows")
    func saidOnce() async throws {
        let folder = try TemporaryFolder()
        let systemd = try NotifySocket(in: folder.path)
        let notifier = ServiceNotifier(environment: ["NOTIFY_SOCKET": systemd.path.string])
        let log = Log()
        let patience = Patience(stop: StopFlag(), logger: Logger(label: "test") { _ in log }, notifier: notifier)
        notifier.status("watching")
        var calls = 0
        try patience {
            calls += 1
            if calls < 3 { throw LedgerError(.diskFull, at: "/l") }
        }
        let full = "ledger /l: the disk is full; make room, nothing was lost"
        #expect(
            log.lines.withLock { $0 } == [
                "warning blocked, tried again until it works: \(full)", "notice the ledger can be written again",
            ])
        // The same words again are no news, but behind others they are.
        notifier.status("watching")
        notifier.status("watching")
        notifier.stopping()
        _ = try await systemd.message("STOPPING=1")
        let status = systemd.heard.filter { $0.hasPrefix("STATUS=") }
        #expect(status == ["STATUS=watching", "STATUS=blocked: \(full)", "STATUS=watching"])
    }
}
