import Foundation
import GRDB
import Glibc
import SystemPackage
import TestSupport
import Testing
import Vocabulary

@testable import Ledger

@Suite("The ledger's file")
struct FileTests {
    private let manager = FileManager.default

    // MARK: Opening

    @Test("a new ledger says in its header what it is, and has the settings that keep it safe")
    func pragmas() throws {
        let sample = try Sample()
        func pragma(_ name: String) throws -> String? {
            try sample.writer.connection.queue.read { try String.fetchOne($0, sql: "PRAGMA \(name)") }
        }
        #expect(try pragma("application_id") == String(0x716E_7464))
        #expect(try pragma("user_version") == "2")
        #expect(try pragma("journal_mode") == "wal")
        #expect(try pragma("synchronous") == "2")
        #expect(try pragma("foreign_keys") == "1")
        #expect(try pragma("trusted_schema") == "0")
        #expect(try pragma("busy_timeout") == "5000")
        #expect(try pragma("journal_size_limit") == String(16 << 20))
        #expect(try sample.writer.check() == LedgerCheck(damage: [], orphans: []))
    }

    @Test("every table is strict")
    func strict() throws {
        let sample = try Sample()
        let tables = try sample.writer.connection.read {
            try Row.fetchAll(
                $0, sql: "SELECT name, strict FROM pragma_table_list WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
        }
        #expect(tables.count > 8)
        for table in tables { #expect(table["strict"] == 1, "\(table)") }
    }

    @Test("a second writer is refused while the first lives, and taken after it")
    func oneWriter() throws {
        let folder = try TemporaryFolder()
        let path = folder.path.appending("l")
        do {
            let writer = try LedgerWriter(path: path)
            #expect(reason { try LedgerWriter(path: path) } == .inUse)
            _ = try writer.enqueue(.sample("a"), trigger: .watch)
        }
        let second = try LedgerWriter(path: path)
        #expect(try second.enqueue(.sample("a"), trigger: .watch) == 2)
    }

    @Test("a ledger of a newer version is refused by both, with both numbers, and left as it is")
    func newerSchema() throws {
        let sample = try Sample()
        try sample.sql("PRAGMA user_version = 7")
        try sample.writer.close()
        let (path, folder) = try copy(sample.path, into: TemporaryFolder())
        defer { withExtendedLifetime(folder) {} }
        let before = manager.contents(atPath: path.string)
        #expect(reason { try LedgerReader(path: path) } == .newerSchema(found: 7, known: 2))
        #expect(reason { try LedgerWriter(path: path) } == .newerSchema(found: 7, known: 2))
        #expect(manager.contents(atPath: path.string) == before)
        let error = #expect(throws: LedgerError.self) { try LedgerWriter(path: path) }
        #expect(error?.description.contains("schema 7, this program knows up to 2") == true)
    }

    @Test("a ledger of an older version is copied and brought up to date by the writer, and refused by the reader")
    func olderSchema() throws {
        let folder = try TemporaryFolder()
        let path = folder.path.appending("l")
        let next = Schema(steps: Schema.current.steps + ["ALTER TABLE daemon ADD COLUMN host TEXT"])
        do {
            let writer = try LedgerWriter(path: path)
            _ = try writer.enqueue(.sample("a"), trigger: .watch)
        }
        do {
            let writer = try LedgerWriter(path: path, schema: next)
            #expect(try writer.connection.read { try Int.fetchOne($0, sql: "PRAGMA user_version") } == 3)
            try writer.connection.write { try $0.execute(sql: "SELECT host FROM daemon") }
            #expect(try writer.enqueue(.sample("a"), trigger: .watch) == 2)
        }
        #expect(reason { try LedgerReader(path: path) } == .newerSchema(found: 3, known: 2))
        let backup = try LedgerReader(path: FilePath("\(path.string).v2.backup"))
        #expect(try backup.history().map(\.run) == [1])

        let none = folder.path.appending("old")
        do { _ = try LedgerWriter(path: none, schema: Schema(steps: [])) }
        try DatabaseQueue(path: none.string).write {
            try $0.execute(sql: "PRAGMA application_id = \(Schema.applicationID)")
        }
        #expect(reason { try LedgerReader(path: none) } == .olderSchema(found: 0, known: 2))
    }

    @Test("a ledger of schema 1 keeps its results, and learns what is known of the .bin of new ones")
    func schema1() throws {
        let folder = try TemporaryFolder()
        let path = folder.path.appending("l")
        do {
            let writer = try LedgerWriter(path: path, schema: Schema(steps: [Schema.version1]))
            for model in ["a", "b"] { _ = try writer.enqueue(.sample(model), trigger: .watch) }
        }
        let writer = try LedgerWriter(path: path)
        #expect(try writer.requeueInterrupted().map(\.triple) == [.sample("a"), .sample("b")])
        let partial = PartialDigest(rawValue: 1)
        func isKnown() throws -> Bool {
            try writer.cachedRun(
                param: .sample(1), partial: partial, bin: nil, table: .sample(3), recipe: .sample) != nil
        }
        for (run, partial) in [(1, nil), (2, partial)] {
            #expect(try !isKnown())
            try writer.begin(run, with: .sample, bin: partial)
            try writer.finish(run, .published(folder: "/o", verdict: nil), .sample(run == 1 ? "a" : "b"))
        }
        #expect(try isKnown())
        #expect(try LedgerReader(path: path).history().map(\.run) == [2, 1])
    }

    @Test("a step that fails leaves the ledger at the schema before, and the next start takes it up again")
    func failingStep() throws {
        let folder = try TemporaryFolder()
        let path = folder.path.appending("l")
        do { _ = try LedgerWriter(path: path) }
        let broken = Schema(steps: Schema.current.steps + ["CREATE TABLE x (y); SELECT nonsense FROM nowhere"])
        #expect(throws: LedgerError.self) { try LedgerWriter(path: path, schema: broken) }
        let writer = try LedgerWriter(path: path)
        #expect(try writer.connection.read { try $0.tableExists("x") } == false)
        _ = try writer.enqueue(.sample("a"), trigger: .watch)
    }

    @Test("a file that is no ledger is refused by both, and left as it is")
    func notALedger() throws {
        let folder = try TemporaryFolder()
        let other = folder.path.appending("other.sqlite")
        try DatabaseQueue(path: other.string).write { try $0.execute(sql: "CREATE TABLE recipes (name TEXT)") }
        let numbered = folder.path.appending("numbered.sqlite")
        try DatabaseQueue(path: numbered.string).write { try $0.execute(sql: "PRAGMA user_version = 1") }
        let text = try folder.write(
            "notes.txt", String(repeating: "these are notes, and no database at all. ", count: 50))
        for path in [other, numbered, text] {
            let before = manager.contents(atPath: path.string)
            #expect(reason { try LedgerReader(path: path) } == .notALedger, "\(path)")
            #expect(reason { try LedgerWriter(path: path) } == .notALedger, "\(path)")
            #expect(manager.contents(atPath: path.string) == before)
        }
        #expect(reason { try LedgerReader(path: folder.path) } == .notALedger)
    }

    @Test("an empty file becomes a ledger, and is none for a reader until then")
    func emptyFile() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("l", "")
        #expect(reason { try LedgerReader(path: path) } == .missing)
        let writer = try LedgerWriter(path: path)
        #expect(try writer.enqueue(.sample("a"), trigger: .watch) == 1)
    }

    @Test("a ledger that is not there is missing for a reader, and is not made by it")
    func missing() throws {
        let folder = try TemporaryFolder()
        let path = folder.path.appending("l")
        #expect(reason { try LedgerReader(path: path) } == .missing)
        #expect(reason { try LedgerWriter(path: folder.path.appending("no/l")) } == .cannotOpen)
        #expect(try manager.contentsOfDirectory(atPath: folder.path.string).isEmpty)
    }

    @Test("a ledger that may not be read is said to be closed to the reader")
    func unreadable() throws {
        let sample = try Sample()
        try sample.writer.close()
        chmod(sample.path.string, 0)
        #expect(asOrdinaryUser { reason { try LedgerReader(path: sample.path) } } == .cannotOpen)
    }

    // MARK: Reading beside, after, and after a crash

    @Test("a reader sees each commit of a writer that goes on, and never a part of one")
    func besideTheWriter() async throws {
        let sample = try Sample()
        let reader = try sample.reader()
        async let seen: [Int] = Task.detached {
            var counts: [Int] = []
            while counts.last != 100 {
                let runs = try reader.history()
                counts.append(runs.count)
                for run in runs where run.status == .published { #expect(run.layers == 4) }
            }
            return counts
        }.value
        for number in 0..<100 { try sample.published("m\(number)") }
        let counts = try await seen
        #expect(counts == counts.sorted())
        #expect(counts.last == 100)
    }

    @Test("a reader asks a ledger whose daemon stopped in good order, without the right to write there")
    func afterCleanStop() throws {
        let sample = try Sample()
        try sample.published()
        try sample.writer.close()
        #expect(manager.fileExists(atPath: sample.path.string + "-wal"))
        let runs = try withoutTheRightToWrite(sample.folder.path) { try LedgerReader(path: sample.path).history() }
        #expect(runs.count == 1)
    }

    @Test("a reader asks a ledger whose daemon was killed, and sees what was committed last")
    func afterKill() throws {
        let sample = try Sample()
        try sample.published("a")
        let first = try copyBeside(sample.path, ["", "-wal", "-shm"])
        #expect(try LedgerReader(path: first.path).history().map(\.model) == ["a"])
        try sample.published("b")
        let second = try copyBeside(sample.path, ["", "-wal", "-shm"])
        let runs = try withoutTheRightToWrite(second.folder.path) { try LedgerReader(path: second.path).history() }
        #expect(runs.map(\.model) == ["b", "a"])
        // The next daemon goes on from there.
        let writer = try LedgerWriter(path: second.path)
        #expect(try writer.enqueue(.sample("c"), trigger: .watch) == 3)
        #expect(try writer.check().isSound)
    }

    @Test("after a power cut the reader's own user recovers, and another is told that only the daemon does")
    func afterPowerCut() throws {
        let sample = try Sample()
        try sample.published("a")
        let left = try copyBeside(sample.path, ["", "-wal"])
        // Another user who may write the folder: the case in which a helpful reader would lock the daemon out.
        chmod(left.folder.path.string, 0o777)
        if geteuid() == 0 { chown(left.path.string, 12345, 12345) }
        let other = try copyBeside(sample.path, ["", "-wal"])
        let refusal = try withoutTheRightToWrite(other.folder.path) { reason { try LedgerReader(path: other.path) } }
        #expect(refusal == .needsRecovery)
        #expect(!manager.fileExists(atPath: other.path.string + "-shm"))
        #expect(try LedgerReader(path: left.path).history().map(\.model) == ["a"])
    }

    @Test("a backup is a whole ledger of its own, and replaces the one before")
    func backup() throws {
        let sample = try Sample()
        let target = sample.folder.path.appending("copy.sqlite")
        try sample.published("a")
        try sample.writer.backup(to: target)
        #expect(try LedgerReader(path: target).history().map(\.model) == ["a"])
        try sample.published("b")
        try sample.reader().backup(to: target)
        let copy = try LedgerReader(path: target)
        #expect(try copy.history().map(\.model) == ["b", "a"])
        #expect(try copy.check().isSound)
        #expect(!manager.fileExists(atPath: target.string + ".part"))
        #expect(throws: LedgerError.self) { try sample.writer.backup(to: sample.folder.path.appending("no/copy")) }
    }

    // MARK: Damage and a full disk

    @Test("a row that points nowhere is found by the check")
    func orphans() throws {
        let sample = try Sample()
        try sample.writer.connection.queue.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA foreign_keys = OFF")
            try db.execute(sql: "INSERT INTO event (run, at, kind, message) VALUES (42, 1, 'x', 'x')")
        }
        let check = try sample.reader().check()
        #expect(check.orphans == ["event 1 -> run"])
        #expect(check.damage.isEmpty && !check.isSound)
    }

    @Test("a file whose pages are overwritten is damaged, not answered from")
    func damaged() throws {
        let sample = try Sample()
        for number in 0..<50 { try sample.published("m\(number)") }
        try sample.writer.close()
        let (path, folder) = try copy(sample.path, into: TemporaryFolder())
        defer { withExtendedLifetime(folder) {} }
        let file = try #require(FileHandle(forUpdatingAtPath: path.string))
        // The schema lies at the beginning, the rows behind it.
        let size = try file.seekToEnd()
        try file.seek(toOffset: size / 2)
        try file.write(contentsOf: Data(repeating: 0xA5, count: Int(size - size / 2)))
        try file.close()
        let reader = try LedgerReader(path: path)
        #expect(reason { for run in 1...50 { _ = try reader.layers(of: run) } } == .damaged)
        // SQLite lists the damage, or finds so much of it that it stops.
        let isSound = (try? reader.check().isSound) ?? false
        #expect(!isSound)
    }

    @Test("a word that means nothing is told with its column, instead of a crash")
    func unknownWord() throws {
        let sample = try Sample()
        try sample.published()
        try sample.sql("PRAGMA ignore_check_constraints = ON")
        try sample.sql("INSERT INTO daemon VALUES (1, 1, 'v', 1, 1, NULL, 'kqueue', NULL, '/m', '/o', NULL)")
        let error = #expect(throws: LedgerError.self) { try sample.reader().status() }
        #expect(error?.reason == .damaged)
        #expect(error?.message == #"column watch_mode holds "kqueue", which means nothing here"#)
    }

    @Test("a full disk is told as such, nothing is half written, and with room the same call succeeds")
    func diskFull() throws {
        let sample = try Sample()
        let run = try sample.begun()
        var results = RunResults.sample("vision/resnet18")
        results.layers = (0..<2000).map {
            LayerReport(index: $0, name: "l\($0)", type: "Convolution", decision: .int8)
        }
        let end = RunEnd.published(folder: "/out/1", verdict: nil)
        let pages = try sample.writer.connection.read { try Int.fetchOne($0, sql: "PRAGMA page_count") } ?? 0
        try sample.sql("PRAGMA max_page_count = \(pages + 2)")
        let error = #expect(throws: LedgerError.self) { try sample.writer.finish(run, end, results) }
        #expect(error?.reason == .diskFull)
        #expect(error?.isDiskFull == true && error?.isBlocked == true)
        #expect(error?.code == 13)
        #expect(error?.path == sample.path)
        #expect(try sample.reader().layers(of: run).isEmpty)

        try sample.sql("PRAGMA max_page_count = 1000000")
        try sample.writer.finish(run, end, results)
        #expect(try sample.reader().layers(of: run).count == 2000)
    }

    @Test(
        "each failure of SQLite has its reason, and those of the place can be tried again",
        arguments: [
            (ResultCode.SQLITE_FULL, LedgerError.Reason.diskFull, true), (.SQLITE_IOERR_FSYNC, .inputOutput, true),
            (.SQLITE_READONLY_DBMOVED, .readOnly, true), (.SQLITE_CANTOPEN, .cannotOpen, true),
            (.SQLITE_BUSY_SNAPSHOT, .busy, true), (.SQLITE_CORRUPT, .damaged, false),
            (.SQLITE_NOTADB, .notALedger, false), (.SQLITE_CONSTRAINT_CHECK, .refused, false),
            (.SQLITE_ERROR, .sqlite, false),
        ])
    func reasons(code: ResultCode, expected: LedgerError.Reason, isBlocked: Bool) {
        let error = LedgerError(DatabaseError(resultCode: code, message: "m"), at: "/state/ledger.sqlite")
        #expect(error.reason == expected)
        #expect(error.isBlocked == isBlocked)
        #expect(error.code == Int(code.rawValue))
        #expect(error.description.hasPrefix("ledger /state/ledger.sqlite: "))
        #expect(error.description.hasSuffix("(SQLite \(code.rawValue): m)"))
    }

    // MARK: Copies

    /// Copies the files of a ledger that is open, as a crash would leave them.
    private func copyBeside(_ path: FilePath, _ endings: [String]) throws -> (folder: TemporaryFolder, path: FilePath) {
        let folder = try TemporaryFolder()
        let target = folder.path.appending("ledger.sqlite")
        for ending in endings {
            try manager.copyItem(atPath: path.string + ending, toPath: target.string + ending)
        }
        return (folder, target)
    }

    private func copy(_ path: FilePath, into folder: TemporaryFolder) throws -> (FilePath, TemporaryFolder) {
        let target = folder.path.appending("ledger.sqlite")
        try manager.copyItem(atPath: path.string, toPath: target.string)
        return (target, folder)
    }

    private func withoutTheRightToWrite<T>(_ folder: FilePath, _ body: () throws -> T) throws -> T {
        for name in try manager.contentsOfDirectory(atPath: folder.string) {
            chmod(folder.appending(name).string, 0o444)
        }
        chmod(folder.string, 0o555)
        defer {
            chmod(folder.string, 0o755)
            for name in (try? manager.contentsOfDirectory(atPath: folder.string)) ?? [] {
                chmod(folder.appending(name).string, 0o644)
            }
        }
        return try asOrdinaryUser(body)
    }
}
