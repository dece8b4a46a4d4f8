import GRDB

extension LedgerWriter {
    /// Notes how far a run has come; nothing where it does not run.
    ///
    /// The disk is not waited for: in a power cut this may be lost, and who started again would not want it.
    public func note(_ progress: RunProgress, of run: Int) throws(LedgerError) {
        try connection.outsideTransaction { db in
            try db.execute(sql: "PRAGMA synchronous = NORMAL")
            let result = Result {
                try db.execute(
                    often: """
                        INSERT OR REPLACE INTO progress (run, step, done, total, at)
                        SELECT id, ?, ?, ?, ? FROM run WHERE id = ? AND status = 'running'
                        """,
                    arguments: [progress.step, progress.done, progress.total, progress.at.microseconds, run])
            }
            // Whatever came of it: what comes next is history again.
            try db.execute(sql: "PRAGMA synchronous = FULL")
            try result.get()
        }
    }
}
