import Foundation
import SystemPackage
import Testing
import Vocabulary

@testable import Watching

/// A folder as a watcher's reader knows it: what was seen and is not gone.
struct Knowledge {
    var files: [FilePath: FileIdentity] = [:]
    var mode: WatchMode?
    var scans = 0
    var misses = 0
    /// Every path that was ever named.
    var named: Set<FilePath> = []
    var unreadable: Set<FilePath> = []
    private var seenInScan: Set<FilePath>?

    mutating func take(_ report: WatchReport) {
        switch report {
        case .seen(let path, let identity):
            files[path] = identity
            seenInScan?.insert(path)
            named.insert(path)
        case .gone(let path):
            files[path] = nil
            named.insert(path)
        case .folderGone(let folder):
            files = files.filter { !$0.key.starts(with: folder) }
            named.insert(folder)
        case .scanning: seenInScan = []
        case .scanned:
            if let seenInScan { files = files.filter { seenInScan.contains($0.key) } }
            seenInScan = nil
            scans += 1
        case .mode(let mode): self.mode = mode
        case .missedEvents: misses += 1
        case .unreadable(let folder, _): unreadable.insert(folder)
        }
    }
}

/// Reads a watcher's reports and waits for what they should come to. A watcher that does not get there within the time
/// limit is stopped, which ends its reports and fails the test.
final class Observer {
    struct TimedOut: Error, CustomStringConvertible {
        let description: String
    }

    let watcher: FolderWatcher
    private(set) var knowledge = Knowledge()
    private(set) var largestBatch = 0
    private var iterator: AsyncStream<[WatchReport]>.AsyncIterator
    private let limit: Task<Void, any Error>

    init(_ watcher: FolderWatcher, limit: Duration = .seconds(400)) {
        self.watcher = watcher
        iterator = watcher.reports.makeAsyncIterator()
        self.limit = Task {
            try await Task.sleep(for: limit)
            watcher.stop()
        }
    }

    deinit {
        limit.cancel()
        watcher.stop()
    }

    /// Takes reports until they come to what is wanted.
    func until(_ what: String, _ isSo: (Knowledge) -> Bool) async throws {
        while !isSo(knowledge) {
            guard let batch = await iterator.next() else { throw TimedOut(description: "never came to: \(what)") }
            largestBatch = max(largestBatch, batch.count)
            for report in batch { knowledge.take(report) }
        }
    }

    /// Takes reports until just the files that are there now are known, in the state in which they are.
    func untilTrue(of root: FilePath) async throws {
        let truth = Truth.files(below: root)
        do {
            try await until("what is there") { $0.files == truth }
        } catch {
            let lost = truth.filter { knowledge.files[$0.key] != $0.value }.keys.map(\.string).sorted()
            let phantom = knowledge.files.keys.filter { truth[$0] == nil }.map(\.string).sorted()
            throw TimedOut(description: "not known, or not as it is: \(lost); known, but not there: \(phantom)")
        }
    }

    /// Takes reports until the stream ends.
    func untilEnd() async {
        while await iterator.next() != nil {}
    }
}

/// What is there, found out by another way than the watcher's.
enum Truth {
    /// The files that are to be known.
    static func files(below root: FilePath) -> [FilePath: FileIdentity] {
        let real = URL(fileURLWithPath: root.string).resolvingSymlinksInPath().path
        var found: [FilePath: FileIdentity] = [:]
        visit(root.string) { path, type in
            let target = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
            if type == .typeRegular || type == .typeSymbolicLink && target.hasPrefix(real + "/") {
                found[FilePath(path)] = FileIdentity(of: FilePath(path))
            }
        }
        return found
    }

    /// The folders that are to be watched, the root included.
    static func folders(below root: FilePath) -> [FilePath] {
        var found = [root]
        visit(root.string) { path, type in
            if type == .typeDirectory { found.append(FilePath(path)) }
        }
        return found
    }

    private static func visit(_ folder: String, _ take: (String, FileAttributeType) -> Void) {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] where !isIgnored(name) {
            let path = folder + "/" + name
            let attributes = try? FileManager.default.attributesOfItem(atPath: path)
            guard let type = attributes?[.type] as? FileAttributeType else { continue }
            take(path, type)
            if type == .typeDirectory { visit(path, take) }
        }
    }

    private static func isIgnored(_ name: String) -> Bool {
        name.hasPrefix(".") || name.hasPrefix("#")
            || [".tmp", ".part", ".partial", ".crdownload", ".swp", "~"].contains { name.hasSuffix($0) }
    }
}

/// Runs a shell script in a folder, as someone at a terminal would.
func shell(_ script: String, in folder: FilePath) throws {
    // Not Foundation's Process: it learns of a child's end from a socket, and a daemon that another test starts at the same moment
    // may inherit that and keep it open.
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    let command: [String] = ["sh", "-e", "-c", "cd \"$0\"\n\(script)", folder.string]
    var arguments: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var pid: pid_t = 0
    let code = posix_spawn(&pid, "/bin/sh", &actions, nil, &arguments, environ)
    try #require(code == 0)
    var status: CInt = 0
    while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
    try #require(status == 0, "\(script): wait status \(status)")
}

extension WatchTiming {
    /// So slow that no timer can come to the help of an event, and quick to look for a root.
    static let eventsOnly = WatchTiming(
        rescan: .seconds(36_000), poll: .seconds(36_000), rootRetry: .milliseconds(1), rootRetryLimit: .milliseconds(20)
    )
    /// So quick that a test need not wait for the timers.
    static let quick = WatchTiming(
        rescan: .milliseconds(30), poll: .milliseconds(10), rootRetry: .milliseconds(1),
        rootRetryLimit: .milliseconds(20))
}
