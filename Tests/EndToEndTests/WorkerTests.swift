import Foundation
import Glibc
import Ledger
import SystemPackage
import TestSupport
import Testing
import Vocabulary

/// What befalls a worker costs its run alone.
@Suite(.serialized) struct WorkerTests {
    /// A daemon whose worker is busy with a model.
    static func busy() async throws -> (daemon: DaemonProcess, worker: pid_t) {
        let daemon = try DaemonProcess()
        try daemon.start(ManySamples.configuration, evaluates: true)
        try ManySamples.put(daemon)
        try GateTests.put(daemon, table: "model.table", samples: false)
        return (daemon, try await busyWorker(of: daemon, attempt: 1))
    }

    static func busyWorker(of daemon: DaemonProcess, attempt: Int) async throws -> pid_t {
        try await daemon.await("attempt \(attempt)") { ledger in
            guard let run = try ledger.status().running.first, run.attempts == attempt else { return nil }
            return daemon.workers.first
        }
    }

    @Test("a worker that is killed costs its run an attempt, and the second one fails it")
    func killed() async throws {
        let (daemon, worker) = try await Self.busy()
        kill(worker, SIGKILL)
        kill(try await Self.busyWorker(of: daemon, attempt: 2), SIGKILL)
        let run = try await daemon.ended("digits")
        #expect(run.summary.status == .failed)
        #expect(run.summary.message == "worker died 2 times, last: it was killed by signal 9")
        let ledger = try LedgerReader(path: daemon.state.appending("ledger.sqlite"))
        let deaths = try ledger.events(latest: 20).filter { $0.kind == "worker died" }
        #expect(deaths.map(\.message) == Array(repeating: "it was killed by signal 9", count: 2))
        // The daemon goes on with the next model.
        try Delivery.copied.deliver(into: daemon.models, from: daemon.folder.path)
        #expect(try await daemon.ended("vision/digits").summary.status == .published)
        #expect(daemon.stop() == 0)
    }

    /// Puts a model into the folder whose weights a worker with 64 MiB cannot hold.
    static func putHuge(_ daemon: DaemonProcess) throws {
        let huge = """
            7767517
            2 2
            Input in 0 1 in0 0=2048 
            InnerProduct huge 1 1 in0 out0 0=4096 1=0 2=8388608 

            """
        try Data(huge.utf8).write(to: URL(fileURLWithPath: daemon.models.appending("huge.param").string))
        try Data().write(to: URL(fileURLWithPath: daemon.models.appending("huge.bin").string))
        // Sparse: zeros behind a tag for fp32.
        #expect(truncate(daemon.models.appending("huge.bin").string, 4 + 4 * 8_388_608) == 0)
        try Data("huge_param_0\(String(repeating: " 1", count: 4096))\nhuge 1\n".utf8)
            .write(to: URL(fileURLWithPath: daemon.models.appending("huge.table").string))
    }

    @Test("a model whose workers have too little memory fails, alone, and is not tried again until its files change")
    func memory() async throws {
        let daemon = try DaemonProcess()
        // Enough to hash and to quantize, not to hold the weights.
        try daemon.start("worker_mib = 64", evaluates: true)
        try Self.putHuge(daemon)
        let run = try await daemon.ended("huge")
        #expect(run.summary.status == .failed)
        #expect(
            run.summary.message?.hasPrefix("worker died 2 times, last: it was killed by signal")
                == true,
            "\(run.summary.message ?? "")")
        #expect(run.summary.attempts == 2)
        // The daemon lives, and the next model is published.
        try Delivery.copied.deliver(into: daemon.models, from: daemon.folder.path)
        _ = try await daemon.ended("vision/digits")
        #expect(daemon.stop() == 0)

        try daemon.start(evaluates: true)
        try await daemon.scanned()
        #expect(try LedgerReader(path: daemon.state.appending("ledger.sqlite")).history().count == 2)
        #expect(daemon.stop() == 0)
    }

    @Test("a worker with the least memory quantizes models of 32 MiB, half of it weights with one scale")
    func leastMemory() async throws {
        let daemon = try DaemonProcess()
        try daemon.start("worker_mib = 64\ntable = \"optional\"")
        let param = """
            7767517
            3 3
            Input in 0 1 in
            Embed e 1 1 in a 0=64 1=65536 3=4194304
            InnerProduct f 1 1 a out 0=65536 2=4194304
            """
        // One after the other: a worker keeps its threads, and they have stacks.
        for byte: UInt8 in 0x3B...0x3D {
            let array = Data(count: 4) + Data(repeating: byte, count: 4 << 22)
            for (ending, content) in [("param", Data(param.utf8)), ("bin", array + array)] {
                try content.write(to: URL(fileURLWithPath: daemon.models.appending("wide\(byte).\(ending)").string))
            }
            let run = try await daemon.ended("wide\(byte)")
            #expect(run.summary.status == .published, "\(run.summary.message ?? "")")
            #expect(run.summary.attempts == 1)
            #expect(run.summary.int8Layers == 1)
        }
        #expect(daemon.stop() == 0)
    }

    @Test("a daemon that is stopped in the middle of a job puts the run back within seconds")
    func stopped() async throws {
        let (daemon, worker) = try await Self.busy()
        kill(worker, SIGSTOP)
        #expect(daemon.stop() == 0)
        #expect(kill(worker, 0) != 0)
        let ledger = try LedgerReader(path: daemon.state.appending("ledger.sqlite"))
        #expect(try ledger.status().queued == 1)
        #expect(try ledger.events(latest: 20).allSatisfy { !["worker died", "interrupted"].contains($0.kind) })
        try daemon.start("[gate]\non_fail = 'warn'\n[evaluate]\nsamples = 1", evaluates: true)
        #expect(try await daemon.ended("digits").summary.status == .published)
        #expect(daemon.stop() == 0)
    }

    @Test("a .bin of which no result can be is quantized before its digest is asked for; a known one is not quantized")
    func order() async throws {
        let daemon = try DaemonProcess()
        let seen = daemon.folder.path.appending("requests")
        let relay = """
            while IFS= read -r line; do
                printf '%s\\n' "${line%%:*}" >> '\(seen)'
                printf '%s\\n' "$line"
            done | '\(DaemonProcess.products.appending("quantd"))' worker
            """
        try daemon.start("worker_command = [\"/bin/sh\", \"-c\", '''\n\(relay)''']")
        func requests() throws -> [String] {
            String(decoding: try Fixtures.bytes(seen), as: UTF8.self).split(separator: "\n").compactMap { line in
                ["prepare", "make", "digest"].first { line == "{\"\($0)\"" }
            }
        }
        try BadInputTests.put(daemon, "digits")
        #expect(try await daemon.ended("digits").summary.status == .published)
        #expect(try requests() == ["prepare", "make", "digest"])
        try BadInputTests.put(daemon, "twin")
        #expect(try await daemon.ended("twin").summary.status == .cached)
        #expect(try requests() == ["prepare", "make", "digest", "prepare", "digest"])
        #expect(daemon.stop() == 0)
    }

    @Test("a worker whose daemon was killed ends by itself, and the next daemon publishes")
    func orphan() async throws {
        let (daemon, worker) = try await Self.busy()
        daemon.kill()
        while kill(worker, 0) == 0 { await Task.yield() }
        try daemon.start()
        let run = try await daemon.ended("digits")
        #expect(run.summary.status == .published)
        #expect(run.summary.run == 1)
        let left = try FileManager.default.contentsOfDirectory(atPath: daemon.output.appending("digits").string)
        #expect(left.sorted() == ["1", "latest"])
        #expect(daemon.stop() == 0)
    }

    @Test("a worker that cannot be started blocks its models, and says why")
    func missing() async throws {
        let daemon = try DaemonProcess()
        try daemon.start("worker_command = ['/nowhere/quantd', 'worker']")
        try Delivery.copied.deliver(into: daemon.models, from: daemon.folder.path)
        let row = try await daemon.waiting("vision/digits") { $0.contains("blocked") }
        #expect(row.clause.contains("the worker '/nowhere/quantd worker' cannot be started: no such file or directory"))
        #expect(daemon.stop() == 0)
        try daemon.start()
        #expect(try await daemon.ended("vision/digits").summary.status == .published)
        #expect(daemon.stop() == 0)
    }
}
