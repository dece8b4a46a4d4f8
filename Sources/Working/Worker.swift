import Dispatch
import Glibc
import ModelFormat
import Numerics
import Settings
import Synchronization
public import SystemPackage
import Vocabulary

/// The worker's end: answers requests, one after the other, for as long as someone asks.
///
/// It reads what strangers made. Whatever a file does to it, a crash, a hang or all memory, is done to this process alone.
public struct Worker: Sendable {
    private let input: FileDescriptor
    private let output: FileDescriptor

    /// A worker that is asked through one descriptor and answers through the other.
    public init(input: FileDescriptor, output: FileDescriptor) {
        self.input = input
        self.output = output
    }

    /// Answers until no one asks any more.
    ///
    /// - Throws: `Errno` where reading or answering fails, `DecodingError` for what is no request.
    public func run() throws {
        FreedMemory.keep()
        ThreadStacks.bound()
        dieWithTheAsker()
        var lines = LineBuffer()
        var bin: BackgroundDigest?
        let disk = DispatchQueue(label: "quantd.worker.disk")
        while true {
            while let line = lines.next() {
                let request = try JsonLine.decode(WorkRequest.self, from: line)
                let reply = try answer(request, &bin)
                try send(reply)
                switch (request, reply) {
                // Whoever asked waits for the disk before another order comes, so this one waits alone.
                case (.make(let order), .made): disk.async { order.bringToDisk() }
                // The run begins anew: with `prepare`.
                case (_, .changed), (_, .blocked): bin?.abandon()
                default: break
                }
            }
            guard try lines.fill(from: input) > 0 else { return }
        }
    }

    /// - Parameter bin: the `.bin` that is being hashed while other requests are answered.
    private func answer(_ request: WorkRequest, _ bin: inout BackgroundDigest?) throws -> WorkReply {
        do {
            switch request {
            case .begin(let limits):
                try limits.apply()
                // Where /proc is not there the kernel chooses by size, and a worker is larger than its daemon anyway.
                try? WorkerLimits.volunteer()
                return .ready(version: Version.text)
            case .inspect(let triple): return .inspected(try Inspector.inspect(triple))
            case .settings(let file, let base): return .settings(try ModelSettings(file.path, over: base))
            case .prepare(let triple, let base):
                bin?.abandon()
                let preparation = try Preparation(triple, base: base)
                bin = BackgroundDigest(of: triple.bin)
                return .prepared(preparation)
            case .digest(let file):
                return .digest(try (bin?.file == file ? bin : nil)?.value() ?? file.digest())
            case .make(let order):
                // Between two models nobody asks.
                defer { FreedMemory.handBack() }
                return .made(try order.perform(progress: ProgressLimit(send: send).report))
            }
        } catch let error as ChangedFile {
            return .changed(error.path)
        } catch Errno.fileNameTooLong {
            return .refused("the output cannot be written: file name too long")
        } catch let error as Errno {
            return .blocked("the output cannot be written: \(String(describing: error).lowercased())")
        } catch let error as FormatError where error.isBlocked {
            return .blocked("\(error)")
        } catch let error as LostAsker {
            throw error.error
        } catch {
            return .refused("\(error)")
        }
    }

    private func send(_ reply: WorkReply) throws {
        let line = try JsonLine.encode(reply)
        do {
            _ = try output.writeAll(line)
        } catch let error as Errno {
            throw LostAsker(error: error)
        }
    }

    /// Ends the process as soon as the other end of the input is closed, whatever it is doing: work that no one waits for
    /// any more may take hours, and would write where the next daemon cleans up.
    private func dieWithTheAsker() {
        let descriptor = input.rawValue
        DispatchQueue(label: "quantd.worker.asker").async {
            var ends = [pollfd(fd: descriptor, events: 0, revents: 0)]
            while poll(&ends, 1, -1) < 0 && errno == EINTR {}
            _exit(0)
        }
    }
}

/// The answer could not be given.
private struct LostAsker: Error {
    let error: Errno
}

/// Says how far the work is, a few times a second at most.
private final class ProgressLimit: Sendable {
    private let send: @Sendable (WorkReply) throws -> Void
    private let last = Mutex<(step: WorkProgress.Step, at: ContinuousClock.Instant)?>(nil)

    init(send: @escaping @Sendable (WorkReply) throws -> Void) {
        self.send = send
    }

    func report(_ progress: WorkProgress) throws {
        let now = ContinuousClock.now
        let isDue = last.withLock { last in
            if let last, last.step == progress.step, now < last.at + .milliseconds(250) { return false }
            last = (progress.step, now)
            return true
        }
        if isDue { try send(.progress(progress)) }
    }
}
