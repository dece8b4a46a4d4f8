import Scheduling
import SystemPackage

/// Threads for work that computes or waits for the disk, one for each piece of it, so that the loop stays free.
enum BlockingThreads {
    /// Does something blocking on a thread of its own and waits for it.
    ///
    /// - Throws: what the work throws; `WorkerFailure.unavailable` where there may be no further thread.
    static func perform<Value: Sendable>(
        _ work: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            do throws(Errno) {
                try OwnThread.start("quantd-work") {
                    continuation.resume(with: Result { try work() })
                }
            } catch {
                let reason = String(describing: error).lowercased()
                continuation.resume(throwing: WorkerFailure.unavailable("no thread can be started: \(reason)"))
            }
        }
    }
}
