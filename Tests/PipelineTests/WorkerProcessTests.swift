import Settings
import SystemPackage
import TestSupport
import Testing
import Vocabulary
import Working

@testable import Pipeline

/// The daemon's end of a worker, against shell scripts that behave as no worker should.
@Suite struct WorkerProcessTests {
    static let ready = #"{"ready":{"version":"\#(Version.text)"}}"#

    static func worker(_ script: String, seconds: Double = 60) throws -> WorkerProcess {
        var configuration = Configuration(models: "/m", output: "/o", state: "/s")
        configuration.workerCommand = ["/bin/sh", "-c", script]
        configuration.workerTime = .milliseconds(Int64(seconds * 1000))
        return try WorkerProcess(WorkerCommand(configuration, environment: ["PATH": "/usr/bin:/bin"]))
    }

    static let triple = Triple(
        name: ModelName("m"), param: file("m.param"), bin: file("m.bin"), table: nil)

    static func file(_ name: String) -> Triple.File {
        let identity = FileIdentity(device: 0, inode: 0, size: 0, modified: 0, changed: 0)
        return Triple.File(path: FilePath("/\(name)"), identity: identity)
    }

    static func failure(_ script: String, seconds: Double = 60) -> String {
        do {
            _ = try worker("read a; echo '\(ready)'; \(script)", seconds: seconds).inspect(triple)
            return "no failure"
        } catch {
            return "\(error)"
        }
    }

    @Test("an answer is the answer, and progress before it is told")
    func answer() throws {
        let progress = #"{"progress":{"_0":{"step":"evaluating","done":1,"total":3}}}"#
        let worker = try Self.worker(
            """
            read a; echo '\(Self.ready)'
            read b; echo '\(progress)'; echo '{"inspected":{"_0":{"changed":{}}}}'
            """)
        var told: [WorkProgress] = []
        guard case .inspected(let inspection) = try worker.ask(.inspect(Self.triple), progress: { told.append($0) })
        else { throw WorkerFailure.died("another answer") }
        #expect(inspection == .changed)
        #expect(told == [WorkProgress(.evaluating, done: 1, total: 3)])
    }

    @Test("a worker inherits nothing but its streams, whatever the daemon was started with")
    func descriptors() throws {
        let ends = try FileDescriptor.pipe()
        defer { for end in [ends.readEnd, ends.writeEnd] { try? end.close() } }
        let failure = Self.failure("read b; [ -e /proc/$$/fd/\(ends.readEnd.rawValue) ] && exit 7; exit 5")
        #expect(failure.hasPrefix("the worker died: it ended with status 5"), "\(failure)")
    }

    @Test("a worker that is killed has died, with the signal")
    func killed() {
        #expect(Self.failure("read b; kill -SEGV $$") == "the worker died: it was killed by signal 11")
    }

    @Test("a worker that ends has died, with its status and the last thing it said")
    func ended() {
        let failure = Self.failure("read b; echo 'Fatal error: out of memory' >&2; echo >&2; exit 5")
        #expect(failure == "the worker died: it ended with status 5: Fatal error: out of memory")
    }

    @Test("a worker that was gone before it was asked has died")
    func gone() {
        #expect(Self.failure("exit 3").hasPrefix("the worker died: it ended with status 3"))
    }

    @Test("a worker that hangs is killed when its time is over, and what it started too")
    func hangs() {
        let failure = Self.failure("read b; sleep 1000 & wait", seconds: 0.3)
        #expect(failure == "the worker died: it did not end within 0.3 seconds and was killed")
    }

    @Test("a worker that answers nonsense, or another question, has died")
    func nonsense() {
        #expect(Self.failure("read b; echo hello; read c").contains("it gave no answer"))
        #expect(Self.failure("read b; echo '\(Self.ready)'; read c").contains("it answered another question"))
    }

    @Test("a worker of another version is not used, and the message says what to do")
    func version() {
        let words = complaint { try Self.worker(#"read a; echo '{"ready":{"version":"0.0.0-x"}}'; read b"#) }
        #expect(words.contains("has version 0.0.0-x"))
        #expect(words.contains("restart the daemon"))
    }

    @Test("a program that is not there is said by name")
    func missing() {
        var configuration = Configuration(models: "/m", output: "/o", state: "/s")
        configuration.workerCommand = ["/nowhere/worker", "x"]
        let command = WorkerCommand(configuration, environment: [:])
        let words = complaint { try WorkerProcess(command) }
        #expect(words == "the worker '/nowhere/worker x' cannot be started: no such file or directory")
    }

    @Test("a pool that was warmed up, however often, lends the one worker that it has")
    func warm() throws {
        var configuration = Configuration(models: "/m", output: "/o", state: "/s")
        let folder = try TemporaryFolder()
        let begun = folder.path.appending("begun")
        configuration.workerCommand = [
            "/bin/sh", "-c", "read a; printf x >> '\(begun)'; echo '\(Self.ready)'; read b; sleep 1000",
        ]
        let pool = WorkerPool(WorkerCommand(configuration, environment: ["PATH": "/usr/bin:/bin"]))
        pool.warmUp()
        pool.warmUp()
        try pool.lend { _ in pool.warmUp() }
        #expect(FileIdentity(of: begun)?.size == 1)
        pool.close()
        pool.warmUp()
        #expect(FileIdentity(of: begun)?.size == 1)
    }

    @Test("a worker that cannot be started is no failure of warming up, but of lending")
    func warmNothing() {
        var configuration = Configuration(models: "/m", output: "/o", state: "/s")
        configuration.workerCommand = ["/nowhere/worker"]
        let pool = WorkerPool(WorkerCommand(configuration, environment: [:]))
        pool.warmUp()
        #expect(throws: WorkerFailure.self) { try pool.lend { _ = $0 } }
    }

    @Test("a closed pool ends the worker that is at work, and lends none any more")
    func closed() async throws {
        var configuration = Configuration(models: "/m", output: "/o", state: "/s")
        let folder = try TemporaryFolder()
        let begun = folder.path.appending("begun")
        configuration.workerCommand = [
            "/bin/sh", "-c", "read a; echo '\(Self.ready)'; read b; : > '\(begun)'; sleep 1000",
        ]
        let pool = WorkerPool(WorkerCommand(configuration, environment: ["PATH": "/usr/bin:/bin"]))
        let asked = Task { try await BlockingThreads.perform { try pool.lend { _ = try $0.inspect(Self.triple) } } }
        while FileIdentity(of: begun) == nil { await Task.yield() }
        pool.close()
        await #expect(throws: CancellationError.self) { try await asked.value }
        #expect(throws: CancellationError.self) { try pool.lend { _ = $0 } }
    }
}

/// The words of the failure.
private func complaint(_ body: () throws -> WorkerProcess) -> String {
    do {
        _ = try body()
        return "no failure"
    } catch {
        return "\(error)"
    }
}
