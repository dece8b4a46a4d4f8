import GRDB
import TestSupport
import Testing
import Vocabulary

@testable import Ledger

@Suite("Models that wait")
struct WaitingTests {
    @Test("only what differs is written")
    func difference() throws {
        let sample = try Sample()
        func row(_ name: String, _ clause: String = "waits") -> WaitingRow {
            WaitingRow(model: ModelName(name), since: 1, code: "no-table", clause: clause)
        }
        #expect(try sample.writer.setWaiting([row("a"), row("b"), row("c")]) == 3)
        #expect(try sample.writer.setWaiting([row("c"), row("b"), row("a")]) == 0)
        #expect(try sample.writer.setWaiting([row("a"), row("b", "waits still"), row("d")]) == 3)
        #expect(try sample.reader().status().waiting == [row("a"), row("b", "waits still"), row("d")])
        #expect(try sample.writer.setWaiting([]) == 3)
        #expect(try sample.reader().status().waiting.isEmpty)
    }

    @Test("a model whose run is queued waits no more, and the others do")
    func queued() throws {
        let sample = try Sample()
        let triple = Triple.sample("a")
        let rows = [triple.name, "b"].map {
            WaitingRow(model: $0, since: 1, code: "settling", clause: "settles")
        }
        try sample.writer.setWaiting(rows)
        _ = try sample.writer.enqueue(triple, trigger: .watch)
        #expect(try sample.reader().status().waiting == [rows[1]])
        // Whoever is told anew that it waits writes it again.
        #expect(try sample.writer.setWaiting(rows) == 1)
        #expect(try sample.reader().status().waiting == rows)
    }

    @Test("of 10,000 waiting models the one that changed is written, and nothing at all when none did")
    func many() throws {
        let sample = try Sample()
        var rows = (0..<10_000).map {
            WaitingRow(model: ModelName("m/\($0)"), since: 1, code: "no-table", clause: "waits for m/\($0).table")
        }
        #expect(try sample.writer.setWaiting(rows) == 10_000)
        let reader = try sample.reader()
        func rowsChanged() throws -> Int { try sample.writer.connection.read { $0.totalChangesCount } }
        let (before, version) = (try rowsChanged(), try reader.changes())

        #expect(try sample.writer.setWaiting(rows) == 0)
        #expect(try rowsChanged() == before)
        #expect(try reader.changes() == version)

        rows[5000].clause = "m/5000.bin lacks 16 bytes"
        rows.removeLast()
        #expect(try sample.writer.setWaiting(rows) == 2)
        #expect(try rowsChanged() == before + 2)
        #expect(try reader.changes() != version)
        #expect(try Set(reader.status().waiting) == Set(rows))
    }
}
