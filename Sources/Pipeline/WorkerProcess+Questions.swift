import Settings
import SystemPackage
import Vocabulary
import Working

extension WorkerProcess {
    /// Are all bytes of the triple there?
    ///
    /// - Throws: `WorkerFailure`, `WorkDenied.blocked`.
    func inspect(_ triple: Triple) throws -> Inspection {
        let reply = try ask(.inspect(triple))
        guard case .inspected(let inspection) = reply else { throw denied(reply) }
        return inspection
    }

    /// What a model's own settings say; nil where they cannot be read, which its run will say.
    ///
    /// - Throws: `WorkerFailure`.
    func settings(_ file: Triple.File, base: ModelSettings) throws -> ModelSettings? {
        switch try ask(.settings(file, base: base)) {
        case .settings(let settings): settings
        case .refused, .blocked: nil
        default: throw confused()
        }
    }

    /// Reads and hashes the inputs but the `.bin`.
    ///
    /// - Throws: `WorkerFailure`, `WorkDenied`.
    func prepare(_ triple: Triple, base: ModelSettings) throws -> Preparation {
        let reply = try ask(.prepare(triple, base: base))
        guard case .prepared(let preparation) = reply else { throw denied(reply) }
        return preparation
    }

    /// The content of the `.bin` that was prepared; waits until it is hashed.
    ///
    /// - Throws: `WorkerFailure`, `WorkDenied`.
    func digest(of bin: Triple.File) throws -> ArtifactDigest {
        let reply = try ask(.digest(of: bin))
        guard case .digest(let digest) = reply else { throw denied(reply) }
        return digest
    }

    /// Quantizes and evaluates.
    ///
    /// - Throws: `WorkerFailure`, `WorkDenied`.
    func make(_ order: WorkOrder, progress: (WorkProgress) -> Void) throws -> WorkResult {
        let reply = try ask(.make(order), progress: progress)
        guard case .made(let result) = reply else { throw denied(reply) }
        return result
    }

    private func denied(_ reply: WorkReply) -> any Error {
        switch reply {
        case .changed(let path): WorkDenied.changed(PathText.path(of: path))
        case .refused(let message): WorkDenied.refused(message)
        case .blocked(let message): WorkDenied.blocked(message)
        default: confused()
        }
    }

    private func confused() -> WorkerFailure {
        kill()
        return .died("it answered another question")
    }
}

/// Why a worker made nothing.
enum WorkDenied: Error {
    /// A file, or the folder of samples, is no longer what it was.
    case changed(FilePath)
    /// The inputs are at fault.
    case refused(String)
    /// The place is at fault.
    case blocked(String)
}
