import Glibc
import Synchronization

/// Signals that come before anything hears them: the sources that hear them are made late in the daemon's start, and until then a stop
/// would end it as a crash does.
///
/// They are remembered and sent again. To block them would not do: libdispatch gives the main thread an empty mask.
public enum EarlySignals {
    private static let came = Atomic<UInt64>(0)

    /// Remembers from now on what asks the daemon to stop or to read its configuration again. A source that is made for such
    /// a signal ends that for it.
    public static func hold() {
        // Before a handler runs, which must not be the first to ask for it.
        came.store(0, ordering: .relaxed)
        var action = sigaction()
        action.__sigaction_handler.sa_handler = { signal in
            EarlySignals.came.bitwiseOr(1 << UInt64(signal), ordering: .relaxed)
        }
        for signal in [SIGTERM, SIGINT, SIGHUP] { sigaction(signal, &action, nil) }
    }

    /// Sends again what came, to the sources that are there by now.
    static func release() {
        let came = came.exchange(0, ordering: .relaxed)
        for signal in [SIGHUP, SIGINT, SIGTERM] where came & 1 << UInt64(signal) != 0 { kill(getpid(), signal) }
    }
}
