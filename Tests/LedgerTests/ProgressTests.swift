import GRDB
import TestSupport
import Testing
import Vocabulary

@testable import Ledger

@Suite("How far a run is")
struct ProgressTests {
    private static let half = RunProgress(step: "evaluating", done: 5, total: 10, at: 2000)

    @Test("the status says it of a run that runs, always the latest")
    func latest() throws {
        let sample = try Sample()
        let run = try sample.begun()
        #expect(try sample.reader().status().progress == [:])
        try sample.writer.note(RunProgress(step: "quantizing", done: 1, total: 0, at: 1500), of: run)
        try sample.writer.note(Self.half, of: run)
        #expect(try sample.reader().status().progress == [run: Self.half])
    }

    @Test("a run that does not run has none", arguments: ["end", "pause", "death", "interruption", "drop"])
    func gone(how: String) throws {
        let sample = try Sample()
        let (run, other) = (try sample.begun("a"), try sample.begun("b"))
        for run in [run, other] { try sample.writer.note(Self.half, of: run) }
        switch how {
        case "end": try sample.writer.finish(run, .failed(message: "x"))
        case "pause": try sample.writer.pause(run)
        case "death": _ = try sample.writer.noteDeath(run, message: "x")
        case "drop": try sample.writer.drop(run, message: "x")
        default: _ = try sample.writer.requeueInterrupted()
        }
        #expect(try sample.reader().status().progress == (how == "interruption" ? [:] : [other: Self.half]))
        try sample.writer.note(Self.half, of: run)
        #expect(try sample.reader().status().progress[run] == nil)
    }

    @Test("the ledger waits for the disk again after it, and where it could not be noted too")
    func durable() throws {
        let sample = try Sample()
        let run = try sample.begun()
        func synchronous() throws -> Int? {
            try sample.writer.connection.outsideTransaction { try Int.fetchOne($0, sql: "PRAGMA synchronous") }
        }
        #expect(try synchronous() == 2)
        try sample.writer.note(Self.half, of: run)
        #expect(try synchronous() == 2)
        #expect(throws: LedgerError.self) {
            try sample.writer.note(RunProgress(step: "", done: 0, total: 0, at: 1), of: run)
        }
        #expect(try synchronous() == 2)
    }

    @Test("the part is known where the whole is, and never more than all")
    func part() {
        #expect(Self.half.part == 0.5)
        #expect(RunProgress(step: "x", done: 5, total: 0, at: 1).part == nil)
        #expect(RunProgress(step: "x", done: 5, total: 4, at: 1).part == 1)
    }
}
