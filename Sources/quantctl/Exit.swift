import ArgumentParser

extension ExitCode {
    /// The answer is no: a run failed, a gate did not hold, a file does not match.
    static let no = ExitCode(1)
    /// There is no such thing: no such run, model or ledger.
    static let absent = ExitCode(3)
    /// Input or output failed (EX_IOERR).
    static let io = ExitCode(74)
}
