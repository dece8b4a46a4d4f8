import Foundation
import Glibc
import Ledger
import SystemPackage
import TestSupport
import Testing
import Vocabulary

@testable import quantctl

@Suite("quantctl history --follow")
struct FollowTests {
    /// A `quantctl history --follow` whose lines are read one by one.
    private final class Follower {
        private let process = Process()
        private let pipe = Pipe()
        private var rest: [UInt8] = []

        init(_ arguments: [String], _ state: FilePath) throws {
            process.executableURL = URL(fileURLWithPath: CommandLine.products.appending("quantctl").string)
            process.arguments = ["history", "--follow", "--state", state.string] + arguments
            process.standardOutput = pipe
            process.standardError = FileHandle.nullDevice
            try process.start()
        }

        deinit {
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }

        /// The next line; waits for as long as it takes.
        func line() -> String {
            while true {
                if let end = rest.firstIndex(of: 0x0A) {
                    let line = String(decoding: rest[..<end], as: UTF8.self)
                    rest.removeFirst(end + 1)
                    return line
                }
                let data = pipe.fileHandleForReading.availableData
                if data.isEmpty { return "the end" }
                rest += data
            }
        }

        func run() throws -> String {
            let value = try JsonValue(line())
            return "\(value["run"]?.integer ?? 0) \(value["status"]?.text ?? "")"
        }
    }

    @Test("what is there is shown, then what happens, across a restart of the daemon", .timeLimit(.minutes(5)))
    func restart() throws {
        var first: SampleLedger? = try SampleLedger()
        let folder = try #require(first).folder
        let path = folder.path.appending("ledger.sqlite")
        let follower = try Follower(["-n", "2", "--format", "jsonl"], folder.path)
        #expect(try follower.run() == "5 failed")
        #expect(try follower.run() == "6 running")
        try first?.writer.finish(6, .failed(message: "bad"))
        #expect(try follower.run() == "6 failed")

        try first?.writer.close()
        first = nil
        let second = try LedgerWriter(path: path)
        _ = try second.requeueInterrupted()
        try second.finish(7, .failed(message: "worse"))
        #expect(try follower.run() == "7 failed")
        // The writer's log can be emptied: the follower holds nothing open between its looks.
        #expect(try SampleLedger.sql("PRAGMA wal_checkpoint(TRUNCATE)", path) == [0, 0, 0])
    }

    @Test("another ledger in the place of the first is followed", .timeLimit(.minutes(5)))
    func replaced() throws {
        let ledger = try SampleLedger()
        let follower = try Follower(["-n", "1", "--format", "jsonl"], ledger.state)
        #expect(try follower.run() == "6 running")
        let other = try SampleLedger()
        try other.end("new", .failed(message: "bad"))
        try other.writer.close()
        try ledger.writer.close()
        for ending in ["-wal", "-shm", ""] {
            try? FileManager.default.removeItem(atPath: "\(ledger.writer.path)\(ending)")
        }
        let copy = FilePath("\(ledger.writer.path).new")
        try LedgerReader(path: other.writer.path).backup(to: copy)
        #expect(rename(copy.string, ledger.writer.path.string) == 0)
        #expect(try follower.run() == "8 failed")
    }

    @Test("the table's lines stand below its columns, and only what fits is told", .timeLimit(.minutes(5)))
    func table() throws {
        let ledger = try SampleLedger()
        let follower = try Follower(["--status", "failed"], ledger.state)
        let head = follower.line()
        #expect(head.hasPrefix("   RUN  MODEL"))
        #expect(follower.line().hasPrefix("     5  broken"))
        try ledger.end("other", .rejected(message: "no"))
        try ledger.end("later", .failed(message: "a very long message that nobody cuts, because this is no terminal"))
        let line = follower.line()
        #expect(line.hasPrefix("     9  later"))
        #expect(line.hasSuffix("this is no terminal"))
        let place = try #require(head.range(of: "MESSAGE")).lowerBound
        #expect(line[place...].hasPrefix("a very long"))
    }
}
