import ArgumentParser

extension ExitCode {
    /// The answer is no: a run failed, a gate did not hold, a file does not match.
    static let no = ExitCode(1)
    /// There is no such thing: no such run, model or ledger.
    static let absent = ExitCode(3)
    /// Wrong usage (EX_USAGE).
    static let usage = ExitCode(64)
    /// The ledger cannot be understood: written by a newer or older version, damaged, or no ledger (EX_DATAERR).
    static let unreadable = ExitCode(65)
    /// Input or output failed (EX_IOERR).
    static let io = ExitCode(74)
    /// Another program holds the ledger; the same question can be answered later (EX_TEMPFAIL).
    static let later = ExitCode(75)
    /// Permissions are in the way (EX_NOPERM).
    static let denied = ExitCode(77)
}
