import Glibc
public import SystemPackage

/// Signals that a thread waits for, instead of handlers that break in on whatever runs.
public enum Signals {
    /// Keeps these from ending the process from now on: each stays with it until `hear` takes it.
    ///
    /// To be called while there is but one thread: every other one has this from the one that started it.
    public static func hold(_ signals: [CInt]) {
        var set = set(of: signals)
        pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    /// Has this called, on a thread of its own, with each of these signals that comes or has come since they were held.
    ///
    /// - Throws: `Errno` where there may be no further thread.
    public static func hear(_ signals: [CInt], _ body: @escaping @Sendable (CInt) -> Void) throws(Errno) {
        try OwnThread.start("quantd-signals") {
            var set = set(of: signals)
            while true {
                var signal: CInt = 0
                if sigwait(&set, &signal) == 0 { body(signal) }
            }
        }
    }

    private static func set(of signals: [CInt]) -> sigset_t {
        var set = sigset_t()
        sigemptyset(&set)
        for signal in signals { sigaddset(&set, signal) }
        return set
    }
}
