import Glibc

extension Duration {
    /// Milliseconds for `poll`, rounded up so that a deadline has passed when it wakes; at most some 24 days.
    public var pollTimeout: CInt {
        let (seconds, attoseconds) = components
        let milliseconds = seconds.multipliedReportingOverflow(by: 1000)
        let rest = (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
        guard !milliseconds.overflow else { return .max }
        return CInt(clamping: milliseconds.partialValue.addingReportingOverflow(rest).partialValue)
    }
}
