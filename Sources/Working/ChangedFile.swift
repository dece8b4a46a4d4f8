import ModelFormat
import SystemPackage
import Vocabulary

/// A file is no longer what it was when the work began.
struct ChangedFile: Error {
    let path: FilePath
}

extension Triple.File {
    /// Opens the file in the very state in which it was seen.
    ///
    /// - Throws: `FormatError` where it cannot be opened, `ChangedFile` where it is another one.
    func open() throws -> FileBytes {
        guard FileIdentity(of: path) != nil else { throw ChangedFile(path: path) }
        let source = try FileBytes(path)
        guard source.identity == identity else { throw ChangedFile(path: path) }
        return source
    }

    /// - Throws: `ChangedFile`.
    func requireUnchanged() throws(ChangedFile) {
        guard FileIdentity(of: path) == identity else { throw ChangedFile(path: path) }
    }
}
