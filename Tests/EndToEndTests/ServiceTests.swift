import Foundation
import Glibc
import Ledger
import SystemPackage
import TestSupport
import Testing
import Vocabulary

/// The daemon as a service: what it tells systemd, Prometheus and, on SIGHUP, itself.
@Suite(.serialized) struct ServiceTests {
    @Test("systemd hears of readiness behind the first scan, of life, of reloading and of the end")
    func notifications() async throws {
        let daemon = try DaemonProcess()
        let systemd = try NotifySocket(in: daemon.folder.path)
        try Delivery.copied.deliver(into: daemon.models, from: daemon.folder.path)
        try daemon.start(environment: ["NOTIFY_SOCKET": systemd.path.string, "WATCHDOG_USEC": "200000"])
        let ready = try await systemd.message("READY=1")
        #expect(systemd.heard.contains { $0.hasPrefix("EXTEND_TIMEOUT_USEC=") })
        let scan = try LedgerReader(path: daemon.state.appending("ledger.sqlite")).status().daemon?.lastScan
        #expect(scan != nil)
        let alive = try await systemd.message("WATCHDOG=1", after: ready.count)
        daemon.signal(SIGHUP)
        let reloading = try await systemd.message("RELOADING=1", after: alive.count)
        #expect(reloading.text.contains("MONOTONIC_USEC="))
        let again = try await systemd.message("READY=1", after: reloading.count)
        _ = try await daemon.ended("vision/digits")
        // Also of the end of the last run, behind which nothing else happens.
        _ = try await systemd.message(
            "STATUS=watching \(daemon.models): 0 queued, 0 running, 0 waiting", after: ready.count)
        #expect(daemon.stop() == 0)
        _ = try await systemd.message("STOPPING=1", after: again.count)
    }

    @Test("a daemon whose folder is not there is ready all the same, says what it waits for, and then that it has it")
    func readyWithoutFolder() async throws {
        let daemon = try DaemonProcess()
        let systemd = try NotifySocket(in: daemon.folder.path)
        try FileManager.default.removeItem(atPath: daemon.models.string)
        try daemon.start(environment: ["NOTIFY_SOCKET": systemd.path.string])
        let ready = try await systemd.message("READY=1")
        #expect(ready.text.contains("\nSTATUS=waiting for the watched folder (No such file or directory): 0 queued"))
        try FileManager.default.createDirectory(atPath: daemon.models.string, withIntermediateDirectories: true)
        let watching = try await systemd.message("STATUS=watching \(daemon.models): 0 queued", after: ready.count)
        #expect(!watching.text.contains("READY=1"))
        #expect(daemon.stop() == 0)
    }

    @Test("a daemon that is asked to stop before it has read its configuration stops in good order")
    func stoppedAtStart() async throws {
        let daemon = try DaemonProcess()
        try daemon.configure("")
        let sound = try Data(contentsOf: URL(fileURLWithPath: daemon.configuration.string))
        try FileManager.default.removeItem(atPath: daemon.configuration.string)
        try #require(mkfifo(daemon.configuration.string, 0o600) == 0)
        try daemon.launch()
        // Opens when the daemon has opened it too, which then waits for what is written.
        let pipe = try FileDescriptor.open(daemon.configuration, .writeOnly)
        // Where the daemon is dead already, no signal of a broken pipe may end this process too.
        let reader = try FileDescriptor.open(daemon.configuration, .readOnly)
        defer { try? reader.close() }
        daemon.signal(SIGTERM)
        try pipe.closeAfter { _ = try pipe.writeAll(sound) }
        #expect(daemon.exit() == 0)
        #expect(daemon.log.hasSuffix("stopped\n"), "\(daemon.log)")
    }

    @Test("a daemon with nothing to do sleeps: none of its threads wakes, not even once a second")
    func sleep() async throws {
        let daemon = try DaemonProcess()
        let systemd = try NotifySocket(in: daemon.folder.path)
        try daemon.start(environment: ["NOTIFY_SOCKET": systemd.path.string, "WATCHDOG_USEC": "180000000"])
        try Delivery.copied.deliver(into: daemon.models, from: daemon.folder.path)
        _ = try await daemon.ended("vision/digits")
        daemon.signal(SIGHUP)
        try await daemon.logged("the configuration was read again")
        // What is still done behind a run is done within moments; what comes again and again does not end.
        var (before, after) = (daemon.waits, [String: String]())
        for _ in 0..<10 where before != after {
            before = daemon.waits
            try await Task.sleep(for: .seconds(3))
            after = daemon.waits
        }
        #expect(before == after)
        #expect(!after.isEmpty)
        #expect(daemon.stop() == 0)
    }

    @Test("a daemon whose watchdog was meant for another process says nothing of its life")
    func foreignWatchdog() async throws {
        let daemon = try DaemonProcess()
        let systemd = try NotifySocket(in: daemon.folder.path)
        try daemon.start(
            environment: ["NOTIFY_SOCKET": systemd.path.string, "WATCHDOG_USEC": "1000", "WATCHDOG_PID": "1"])
        _ = try await systemd.message("READY=1")
        #expect(daemon.stop() == 0)
        _ = try await systemd.message("STOPPING=1")
        #expect(!systemd.heard.contains { $0.contains("WATCHDOG=1") })
    }

    @Test("a good configuration is in force after SIGHUP, a bad one is refused with the reason")
    func reload() async throws {
        let daemon = try DaemonProcess()
        try daemon.start()
        try await daemon.scanned()
        // Without a table the model waits, until the configuration says that it need not.
        try Delivery.copied.deliver(into: daemon.models, from: daemon.folder.path)
        try FileManager.default.removeItem(atPath: daemon.models.appending("vision/digits.table").string)
        let waits = try await daemon.waiting("vision/digits") { $0.contains("table") }
        #expect(waits.code == "missing")
        try daemon.configure("table = 'sometimes'")
        daemon.signal(SIGHUP)
        try await daemon.logged("the configuration is refused, the old one stays in force:")
        #expect(daemon.log.contains("table is 'sometimes', wanted one of: required, optional"))
        try daemon.configure("table = 'optional'")
        daemon.signal(SIGHUP)
        #expect(try await daemon.ended("vision/digits").summary.status == .published)
        #expect(daemon.stop() == 0)
    }

    @Test("a folder does not move while the daemon runs")
    func movedFolder() async throws {
        let daemon = try DaemonProcess()
        try daemon.start()
        try await daemon.scanned()
        try daemon.configure("", output: daemon.folder.path.appending("elsewhere"))
        daemon.signal(SIGHUP)
        try await daemon.logged("restart it to move a folder")
        #expect(daemon.stop() == 0)
    }

    @Test("the metrics say how runs ended, all at once and readable for others")
    func metrics() async throws {
        let daemon = try DaemonProcess()
        let file = daemon.folder.path.appending("quantd.prom")
        try daemon.start("metrics_file = '\(file)'")
        try Delivery.copied.deliver(into: daemon.models, from: daemon.folder.path)
        _ = try await daemon.ended("vision/digits")
        let text = try await daemon.await("the metrics of the run") { _ -> String? in
            let text = String(decoding: (try? Fixtures.bytes(file)) ?? [], as: UTF8.self)
            return text.contains("quantd_runs_total{status=\"published\"} 1\n") ? text : nil
        }
        #expect(text.contains("quantd_watch_mode{mode=\"inotify\"} 1\n"))
        #expect(text.contains("quantd_bin_bytes_total{twin=\"int8\"} 40172\n"))
        #expect(text.contains("quantd_run_duration_seconds_count 1\n"))
        let mode = try FileManager.default.attributesOfItem(atPath: file.string)[.posixPermissions] as? Int
        #expect(mode == 0o644)
        #expect(daemon.stop() == 0)
        #expect(!Fixtures.exists(FilePath(file.string + ".tmp")))
    }
}
