import Foundation
import Glibc
import Synchronization
import SystemPackage
import TestSupport
import Testing
import Vocabulary

@testable import Watching

/// Real folders, real inotify. One at a time, so that threads and descriptors can be counted.
@Suite("A watched folder", .serialized)
struct LiveTests {
    private let folder = try? TemporaryFolder()
    private let root: FilePath
    private let base: FilePath

    init() throws {
        base = try #require(folder).path
        root = base.appending("root")
        try shell("mkdir root out", in: base)
    }

    private func watch(
        excluding: [FilePath] = [], timing: WatchTiming = .eventsOnly, capacity: Int = 16_384, kernel: Kernel = Kernel()
    ) throws -> Observer {
        Observer(
            try FolderWatcher(root: root, excluding: excluding, timing: timing, capacity: capacity, kernel: kernel))
    }

    private func started(_ observer: Observer) async throws {
        // Not "one": with quick timers a batch can hold the end of the second as well.
        try await observer.until("the first listing") { $0.scans > 0 }
    }

    // MARK: Stories

    @Test(
        "what is known comes to be what is there, and every folder there is goes on being watched", arguments: Story.all
    )
    func story(_ story: Story) async throws {
        try shell(story.before, in: base)
        let observer = try watch()
        try await started(observer)
        #expect(observer.knowledge.files == Truth.files(below: root))
        try shell(story.then, in: base)
        try await observer.untilTrue(of: root)
        for folder in Truth.folders(below: root) {
            try FileDescriptor.open(
                folder.appending("probe"), .writeOnly, options: .create, permissions: .ownerReadWrite
            ).close()
        }
        try await observer.untilTrue(of: root)
        #expect(observer.knowledge.scans == 1, "no listing may have helped")
        #expect(observer.knowledge.mode == .inotify)
    }

    @Test("a listing finds what a story has come to, where no event tells it", arguments: Story.all)
    func storyUnseen(_ story: Story) async throws {
        try shell(story.before, in: base)
        let observer = try watch()
        try await started(observer)
        observer.watcher.pause()
        try shell(story.then, in: base)
        observer.watcher.inject(InotifyEvent(watch: -1, mask: .overflow, name: []))
        observer.watcher.resume()
        try await observer.until("the second listing") { $0.scans == 2 }
        try await observer.untilTrue(of: root)
        #expect(observer.knowledge.misses == 1)
    }

    @Test("a name that is not UTF-8 is reported byte for byte")
    func foreignBytes() async throws {
        let observer = try watch()
        try await started(observer)
        try shell("touch \"root/$(printf 'a\\377b')\"", in: base)
        try await observer.until("the file") { !$0.files.isEmpty }
        let path = try #require(observer.knowledge.files.keys.first)
        let bytes = path.withPlatformString { pointer in
            UnsafeBufferPointer(start: pointer, count: path.length).map(UInt8.init(bitPattern:))
        }
        #expect(bytes.suffix(3) == [0x61, 0xFF, 0x62])
    }

    @Test(
        "unfinished and hidden names are never named",
        arguments: ["m.tmp", "m.part", "m.partial", "m.crdownload", "m~", "m.swp", ".m", "#12345"])
    func ignored(name: String) async throws {
        let observer = try watch()
        try await started(observer)
        try shell(
            "echo 1 > 'root/\(name)'; mkdir root/d; echo 1 > 'root/d/\(name)'; rm 'root/\(name)'; echo > root/m",
            in: base)
        try await observer.untilTrue(of: root)
        #expect(observer.knowledge.named.allSatisfy { $0.lastComponent?.string != name })
    }

    @Test("an excluded folder is not looked into, whether it was there before or came later")
    func excluding() async throws {
        try shell("mkdir root/old; echo > root/old/m", in: base)
        let excluded = [root.appending("old"), root.appending("sub/../new")]
        let observer = try watch(excluding: excluded)
        try await started(observer)
        try shell(
            "echo > root/old/n; mkdir root/new; echo > root/new/m; ln -s old/m root/link; rm -r root/old; echo > root/m",
            in: base)
        try await observer.until("the last file") { $0.files[root.appending("m")] != nil }
        #expect(observer.knowledge.files.keys.map(\.lastComponent?.string) == ["m"])
        #expect(observer.knowledge.named.allSatisfy { !$0.string.contains("/old") && !$0.string.contains("/new") })
    }

    @Test("an excluded folder is known by its identity, by whatever path it was given")
    func excludingThroughLink() async throws {
        try shell("mkdir root/output; echo > root/output/m; ln -s root/output alias; echo > root/n", in: base)
        let observer = try watch(excluding: [base.appending("alias")])
        try await started(observer)
        #expect(observer.knowledge.files.keys.map(\.lastComponent?.string) == ["n"])
    }

    @Test(
        "D09 an unreadable folder is said to be one, and listed when it becomes readable",
        .enabled(if: geteuid() != 0, "root reads everything"))
    func unreadable() async throws {
        try shell("mkdir root/d; echo > root/d/m; chmod 0 root/d", in: base)
        let observer = try watch()
        try await started(observer)
        #expect(observer.knowledge.unreadable == [root.appending("d")])
        #expect(observer.knowledge.files.isEmpty)
        try shell("chmod 700 root/d", in: base)
        try await observer.untilTrue(of: root)
        try shell("echo > root/d/n", in: base)
        try await observer.untilTrue(of: root)
    }

    // MARK: The root

    @Test("R01 a root that is missing at the start is watched when it comes")
    func rootComes() async throws {
        try shell("rmdir root", in: base)
        let observer = try watch()
        try await observer.until("the missing root") { $0.mode == .rootMissing(.noSuchFileOrDirectory) }
        try shell("mkdir -p root/d; echo > root/d/m", in: base)
        try await observer.untilTrue(of: root)
        try await observer.until("the mode") { $0.mode == .inotify }
    }

    @Test("R01 a root that is a file is no root")
    func rootIsFile() async throws {
        try shell("rmdir root; echo > root", in: base)
        let observer = try watch()
        try await observer.until("the missing root") { $0.mode == .rootMissing(.notDirectory) }
    }

    @Test("R02 a deleted root is missing, its files are not said to be gone, and it is watched when it comes again")
    func rootDeleted() async throws {
        try shell("mkdir root/d; echo > root/d/m", in: base)
        let observer = try watch()
        try await started(observer)
        observer.watcher.pause()
        try shell("mv root/d/m out/m; rm -r root", in: base)
        observer.watcher.resume()
        try await observer.until("the missing root") { $0.mode == .rootMissing(.noSuchFileOrDirectory) }
        try shell("mkdir root; echo > root/n", in: base)
        try await observer.untilTrue(of: root)
        try shell("echo > root/o", in: base)
        try await observer.untilTrue(of: root)
    }

    @Test("R03 a root that is moved away takes nothing with it, and the new one at its path is watched")
    func rootRenamed() async throws {
        try shell("mkdir root/d; echo > root/d/m", in: base)
        let observer = try watch()
        try await started(observer)
        try shell("mv root moved", in: base)
        try await observer.until("the missing root") { $0.mode == .rootMissing(.noSuchFileOrDirectory) }
        #expect(observer.knowledge.files.keys.map(\.lastComponent?.string) == ["m"], "out of sight is not gone")
        try shell("echo > moved/d/stray; mkdir root; echo > root/n", in: base)
        try await observer.untilTrue(of: root)
        try shell("echo > moved/d/stray2; echo > root/o", in: base)
        try await observer.untilTrue(of: root)
        #expect(observer.knowledge.named.allSatisfy { $0.lastComponent?.string.hasPrefix("stray") == false })
    }

    @Test("R03 a root that is exchanged without an event is found out by the slow listing")
    func rootExchanged() async throws {
        try shell("mkdir out/a out/b; echo > out/a/m; echo > out/b/n; rmdir root; ln -s out/a root", in: base)
        let observer = try watch(timing: .quick)
        try await started(observer)
        #expect(observer.knowledge.files.keys.map(\.lastComponent?.string) == ["m"])
        try shell("ln -sfn out/b root", in: base)
        try await observer.untilTrue(of: root)
        #expect(observer.knowledge.files.keys.map(\.lastComponent?.string) == ["n"])
    }

    // MARK: Lost events

    @Test("O02 after an overflow of the kernel's queue everything is listed again")
    func overflow() async throws {
        let limit = try String(contentsOfFile: "/proc/sys/fs/inotify/max_queued_events", encoding: .utf8)
        let events = try #require(Int(limit.trimmingCharacters(in: .whitespacesAndNewlines)))
        try shell("mkdir root/d; echo > root/a; echo > root/b; echo > root/d/gone", in: base)
        let observer = try watch()
        try await started(observer)
        observer.watcher.pause()
        // Two files by turns, since the kernel makes one event of the same one twice.
        let files = try ["a", "b"].map { try FileDescriptor.open(root.appending($0), .writeOnly) }
        for _ in 0..<(events / 2 + 2000) {
            for file in files { _ = write(file.rawValue, "1", 1) }
        }
        for file in files { try file.close() }
        try shell("mkdir -p root/e/f; echo > root/e/f/late; rm -r root/d", in: base)
        observer.watcher.resume()
        try await observer.untilTrue(of: root)
        #expect(observer.knowledge.misses == 1)
        try shell("echo > root/e/f/later", in: base)
        try await observer.untilTrue(of: root)
    }

    @Test("a reader that falls behind gets small batches, and comes to the truth")
    func slowReader() async throws {
        try shell("mkdir root/d; for i in $(seq 1000); do : > root/d/$i; done", in: base)
        let observer = try watch(capacity: 1)
        try shell("for i in $(seq 100); do : > root/$i; rm root/d/$i; done", in: base)
        try await observer.untilTrue(of: root)
        try await observer.until("a listing") { $0.scans > 0 }
        #expect(observer.largestBatch <= WatchLoop.listingPiece + 250)
        try shell("for i in $(seq 100); do rm root/$i; : > root/d/$i; done", in: base)
        try await observer.untilTrue(of: root)
    }

    @Test("a listing that is asked for is made")
    func rescan() async throws {
        try shell("echo > root/m", in: base)
        let observer = try watch()
        try await started(observer)
        observer.watcher.rescan()
        try await observer.until("the second listing") { $0.scans == 2 }
        try await observer.untilTrue(of: root)
    }

    @Test("an event of an unknown watch, and a foreign one that names a file, do no harm")
    func foreignEvents() async throws {
        try shell("echo > root/m", in: base)
        let observer = try watch()
        try await started(observer)
        for row in EventMask.rows where row.answer != .rescan {
            for name in ["", "m", "never", "a/b", "..", "/"] {
                observer.watcher.inject(InotifyEvent(watch: 99_999, mask: row.bit, name: Array(name.utf8)))
                observer.watcher.inject(InotifyEvent(watch: 1, mask: row.bit, name: Array(name.utf8)))
            }
        }
        try shell("echo > root/n", in: base)
        try await observer.untilTrue(of: root)
    }

    // MARK: Without inotify

    @Test("L01 where watches run out the folder is polled, with a word about the sysctl, until there are enough")
    func watchLimit() async throws {
        try shell("for i in $(seq 9); do mkdir -p root/$i; echo > root/$i/m; done", in: base)
        let isLimited = Mutex(true)
        let used = Mutex(0)
        var kernel = Kernel()
        let real = kernel
        kernel.openInotify = {
            used.withLock { $0 = 0 }
            return real.openInotify()
        }
        kernel.addWatch = { inotify, folder in
            let count = used.withLock { used in
                used += 1
                return used
            }
            guard isLimited.withLock({ $0 }), count > 5 else { return real.addWatch(inotify, folder) }
            errno = ENOSPC
            return -1
        }
        let observer = try watch(timing: .quick, kernel: kernel)
        try await observer.until("polling") { $0.mode == .polling(.watchLimit(folders: 5)) }
        try await observer.untilTrue(of: root)
        try shell("echo > root/9/n; rm -r root/1", in: base)
        try await observer.untilTrue(of: root)
        isLimited.withLock { $0 = false }
        try await observer.until("inotify") { $0.mode == .inotify }
        try await observer.untilTrue(of: root)
    }

    @Test("L02 where instances run out the folder is polled")
    func instanceLimit() async throws {
        try shell("mkdir root/d; echo > root/d/m", in: base)
        var kernel = Kernel()
        kernel.openInotify = {
            errno = EMFILE
            return -1
        }
        let observer = try watch(timing: .quick, kernel: kernel)
        try await observer.until("polling") { $0.mode == .polling(.instanceLimit) }
        try shell("mv root/d root/e; echo > root/e/n", in: base)
        try await observer.untilTrue(of: root)
    }

    @Test("a network file system is polled")
    func networkFileSystem() async throws {
        let device = try #require(FileIdentityOfFolder(root)).device
        var kernel = Kernel()
        kernel.mounts = {
            let major = (device >> 8) & 0xFFF | (device >> 32) & 0xFFFF_F000
            let minor = device & 0xFF | (device >> 12) & 0xFFFF_FF00
            return Mounts("1 0 \(major):\(minor) / / rw,noatime shared:1 - nfs4 server:/models rw")
        }
        let observer = try watch(timing: .quick, kernel: kernel)
        try await observer.until("polling") { $0.mode == .polling(.networkFileSystem("nfs4")) }
        try shell("mkdir root/d; echo > root/d/m", in: base)
        try await observer.untilTrue(of: root)
    }

    // MARK: The end

    @Test("stop ends the reports, the thread and the descriptors, also in the middle of a long listing")
    func stop() async throws {
        try shell("for i in $(seq 1500); do : > root/$i; done", in: base)
        var socket = ""
        for isEarly in [true, false] {
            let observer = try watch(capacity: isEarly ? 1 : 16_384)
            socket = try FileManager.default.destinationOfSymbolicLink(
                atPath: "/proc/self/fd/\(observer.watcher.wakeDescriptor)")
            if isEarly {
                try await observer.until("a piece") { !$0.files.isEmpty }
            } else {
                try await started(observer)
            }
            let time = ContinuousClock.now
            observer.watcher.stop()
            await observer.untilEnd()
            #expect(.now - time < .seconds(5))
            #expect(try descriptors().filter { $0.contains("inotify") }.isEmpty)
        }
        // The thread lets go of what it holds just after the reports have ended.
        let limit = ContinuousClock.now + .seconds(30)
        while try !watchThreads().isEmpty || descriptors().contains(socket), .now < limit { await Task.yield() }
        #expect(try watchThreads().isEmpty)
        #expect(try !descriptors().contains(socket))
    }

    @Test("cancelling the reader ends the reports and stops the watcher")
    func cancel() async throws {
        let watcher = try FolderWatcher(root: root, timing: .eventsOnly)
        let (begun, begin) = AsyncStream<Void>.makeStream()
        let reader = Task {
            var batches = 0
            for await _ in watcher.reports {
                batches += 1
                begin.yield()
            }
            return batches
        }
        for await _ in begun { break }
        reader.cancel()
        #expect(await reader.value > 0)
        let limit = ContinuousClock.now + .seconds(30)
        while try !watchThreads().isEmpty, .now < limit { await Task.yield() }
        #expect(try watchThreads().isEmpty)
    }

    @Test("a watcher that nobody holds any more stops by itself")
    func abandoned() async throws {
        var reports: AsyncStream<[WatchReport]>?
        do {
            let watcher = try FolderWatcher(root: root, timing: .eventsOnly)
            reports = watcher.reports
        }
        for await _ in try #require(reports) {}
    }

    private func descriptors() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").compactMap { number in
            try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(number)")
        }
    }

    private func watchThreads() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").filter { number in
            let name = try? String(contentsOfFile: "/proc/self/task/\(number)/comm", encoding: .utf8)
            return name?.trimmingCharacters(in: .newlines) == "quantd-watch"
        }
    }

    // MARK: Churn

    @Test("C01 after a random walk of making, moving and removing the last state is known", arguments: 1...3)
    func churn(seed: Int) async throws {
        let observer = try watch()
        try await started(observer)
        var walk = RandomWalk(root: root, seed: UInt64(seed))
        for _ in 0..<10 {
            for _ in 0..<100 { walk.step() }
            try await observer.untilTrue(of: root)
        }
        #expect(observer.knowledge.misses == 0)
        #expect(observer.knowledge.scans == 1)
    }
}

private func FileIdentityOfFolder(_ path: FilePath) -> FolderIdentity? {
    guard case .folder(let identity) = Entry(at: path) else { return nil }
    return identity
}

/// Makes, moves and removes files and folders at random, but the same for the same seed.
private struct RandomWalk {
    let root: FilePath
    private var state: UInt64

    init(root: FilePath, seed: UInt64) {
        self.root = root
        state = seed
    }

    mutating func step() {
        let (one, other) = (place(), place())
        // Most steps fail, since there is no such folder or it is not empty: that too is part of the walk.
        switch random(10) {
        case 0, 1, 2: _ = one.withPlatformString { mkdir($0, 0o700) }
        case 3, 4, 5: _ = one.withPlatformString { close(open($0, O_WRONLY | O_CREAT | O_TRUNC, 0o600)) }
        case 6, 7: _ = one.withPlatformString { from in other.withPlatformString { rename(from, $0) } }
        case 8: _ = one.withPlatformString { unlink($0) }
        default: _ = one.withPlatformString { rmdir($0) }
        }
    }

    private mutating func place() -> FilePath {
        var path = root
        for _ in 0...random(3) { path.append(["a", "b", "c"][random(3)]) }
        return path
    }

    /// SplitMix64 (Steele, Lea and Flood 2014).
    private mutating func random(_ bound: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((mixed ^ (mixed >> 31)) % UInt64(bound))
    }
}
