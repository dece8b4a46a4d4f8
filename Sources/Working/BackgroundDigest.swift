import Dispatch
import Synchronization
import Vocabulary

/// The content of a file, found out on a thread of its own while the file is used for something else: SHA-256 takes longer
/// than quantizing.
final class BackgroundDigest: Sendable {
    let file: Triple.File
    private let result = Mutex<Result<ArtifactDigest, any Error>?>(nil)
    private let isAbandoned = Atomic(false)
    private let work = DispatchGroup()

    /// Begins to hash.
    init(of file: Triple.File) {
        self.file = file
        // A queue of its own: those that all share have no more threads than there are cores.
        DispatchQueue(label: "quantd.worker.digest").async(group: work) {
            let result = Result {
                try file.digest { if self.isAbandoned.load(ordering: .relaxed) { throw CancellationError() } }
            }
            self.result.withLock { $0 = result }
        }
    }

    /// Waits until the whole file is hashed.
    ///
    /// - Throws: `FormatError`, `ChangedFile`; `CancellationError` where it was abandoned.
    func value() throws -> ArtifactDigest {
        work.wait()
        guard let result = result.withLock({ $0 }) else { throw CancellationError() }
        return try result.get()
    }

    /// Lets it end early, since nobody will ask.
    func abandon() {
        isAbandoned.store(true, ordering: .relaxed)
    }
}
