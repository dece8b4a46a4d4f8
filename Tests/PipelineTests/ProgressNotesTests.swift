import Ledger
import SystemPackage
import TestSupport
import Testing
import Vocabulary
import Working

@testable import Pipeline

@Suite struct ProgressNotesTests {
    @Test("of what a worker says, the ledger hears each step, and how far it is once a second")
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
        let notes = ProgressNotes(run, in: ledger)
        var heard: [Int] = []
        for tenth in 0...35 {
            let step: WorkProgress.Step = tenth < 4 ? .quantizing : .evaluating
            notes.note(WorkProgress(step, done: tenth, total: 100), at: start + .milliseconds(100 * tenth))
            let done = try reader.status().progress[run]?.done
            if let done, done != heard.last { heard.append(done) }
        }
        #expect(heard == [0, 4, 14, 24, 34])
        // Nobody's run fails because nobody could be told how far it is.
        try ledger.close()
        notes.note(WorkProgress(.evaluating, done: 1, total: 1), at: start + .seconds(60))
    }
}
