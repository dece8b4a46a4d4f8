import Assembling
import Ledger
import Settings
import TestSupport
import Testing

@testable import Pipeline

@Suite struct StatusBoardTests {
    private let folder: TemporaryFolder
    private let ledger: LedgerWriter
    private let reader: LedgerReader
    private let triple = WorkerProcessTests.triple
    private var board = StatusBoard(Configuration(models: "/m", output: "/o", state: "/s"))

    init() throws {
        folder = try TemporaryFolder()
        ledger = try LedgerWriter(path: folder.path.appending("ledger.sqlite"))
        reader = try LedgerReader(path: folder.path.appending("ledger.sqlite"))
    }

    private func codes() throws -> [String] { try reader.status().waiting.map(\.code) }

    @Test("a model waits until its run is queued, and again where it waits for the same thing anew")
    mutating func queued() throws {
        let waiting = [WaitingModel(name: triple.name, reason: .inspecting)]
        try board.write(waiting, to: ledger)
        #expect(try codes() == ["inspecting"])
        _ = try ledger.enqueue(triple, trigger: .watch)
        board.queued(triple.name)
        #expect(try codes() == [])
        try board.write(waiting, to: ledger)
        #expect(try codes() == ["inspecting"])
    }

    @Test("a blocked run waits, and says why, until it goes on")
    mutating func blocked() throws {
        let running = [WaitingModel(name: triple.name, reason: .running)]
        let isNews = [board.block(triple.name, "the disk is full"), board.block(triple.name, "the disk is full")]
        #expect(isNews == [true, false])
        try board.write(running, to: ledger)
        #expect(try reader.status().waiting.map(\.clause) == ["is blocked: the disk is full"])
        board.unblock(triple.name)
        try board.write(running, to: ledger)
        #expect(try codes() == [])
    }

    @Test("what changes a moment after the last writing is written later, and all at once")
    mutating func pause() throws {
        var isWritten = try board.writeIfDue([], to: ledger, at: .zero)
        #expect(isWritten)
        let waiting = [WaitingModel(name: triple.name, reason: .inspecting)]
        isWritten = try board.writeIfDue(waiting, to: ledger, at: .milliseconds(1))
        #expect(!isWritten)
        #expect(try codes() == [])
        let due = try #require(board.nextWrite)
        isWritten = try board.writeIfDue(waiting, to: ledger, at: due)
        #expect(isWritten)
        #expect(try codes() == ["inspecting"])
    }
}
