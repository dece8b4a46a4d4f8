import Ledger
import SystemPackage
import TestSupport
import Testing
import Vocabulary
import Working

@testable import Pipeline

@Suite struct ProgressNotesTests {
    @Test("of what a worker says, the ledger hears something once a second, and nothing in the first")
    func once() throws {
        let folder = try TemporaryFolder()
        let path = folder.path.appending("ledger.sqlite")
        let ledger = try LedgerWriter(path: path)
        let run = try ledger.enqueue(WorkerProcessTests.triple, trigger: .watch)
        try ledger.begin(
            run,
            with: Recipe(
                floatStorage: "keep", settings: "{}",
                settingsDigest: ArtifactDigest(bytes: [UInt8](repeating: 1, count: 32)),
                builderVersion: "1"))
        let reader = try LedgerReader(path: path)
        let start = ContinuousClock.now
        let notes = ProgressNotes(run, in: ledger, from: start)
        var heard: [Int] = []
        for tenth in 1...35 {
            notes.note(WorkProgress(.evaluating, done: tenth, total: 100), at: start + .milliseconds(100 * tenth))
            let done = try reader.status().progress[run]?.done
            if let done, done != heard.last { heard.append(done) }
        }
        #expect(heard == [10, 20, 30])
        // Nobody's run fails because nobody could be told how far it is.
        try ledger.close()
        notes.note(WorkProgress(.evaluating, done: 1, total: 1), at: start + .seconds(60))
    }
}
