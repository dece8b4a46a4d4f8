import ModelFormat
import SystemPackage
import Vocabulary

/// A file is no longer what it was when the work began.
struct ChangedFile: Error {
    let path: FilePath
}

extension Triple.File {
    /// Reads the file in the very state in which it was seen.
    ///
    /// - Throws: `FormatError` where it cannot be opened; what `body` throws; `ChangedFile` where the file is another one, or
    ///   becomes one meanwhile, which explains whatever else went wrong with it.
    func read<Found>(_ body: (FileBytes) throws -> Found) throws -> Found {
        guard FileIdentity(of: path) != nil else { throw ChangedFile(path: path) }
        let source = try FileBytes(path)
        guard source.identity == identity else { throw ChangedFile(path: path) }
        let found = Result { try body(source) }
        // Of a disk in trouble nothing else can be learned.
        if case .failure(let error as FormatError) = found, error.isBlocked { throw error }
        guard source.isUnchanged else { throw ChangedFile(path: path) }
        return try found.get()
    }

    /// - Throws: `ChangedFile`.
    func requireUnchanged() throws(ChangedFile) {
        guard FileIdentity(of: path) == identity else { throw ChangedFile(path: path) }
    }
}
