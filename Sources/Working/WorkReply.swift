public import Settings
import SystemPackage
public import Vocabulary

/// What a worker answers, one line of JSON on its standard output each.
public enum WorkReply: Sendable, Codable {
    /// The worker is there, in this version.
    case ready(version: String)
    /// How far it has come; the answer is still to come.
    case progress(WorkProgress)
    case inspected(Inspection)
    case settings(ModelSettings)
    case prepared(Preparation)
    case digest(ArtifactDigest)
    case made(WorkResult)
    /// This file, or folder of samples, is no longer what the request said.
    case changed(path: String)
    /// The inputs are at fault; a lower-case clause with the place.
    case refused(String)
    /// The place is at fault, and the same request can succeed later; a lower-case clause.
    case blocked(String)

    /// The reply that some path has changed.
    static func changed(_ path: FilePath) -> WorkReply { .changed(path: PathText.text(of: path)) }
}

/// How far a worker has come.
public struct WorkProgress: Hashable, Sendable, Codable {
    /// What it does: `quantizing`, `evaluating`, `repairing`.
    public enum Step: String, Hashable, Sendable, Codable {
        case quantizing
        case evaluating
        case repairing
    }

    public let step: Step
    /// What is done: bytes of the `.bin` where it quantizes, samples where it runs them.
    public let done: Int
    /// What will be done, samples if the time suffices; 0 where that is not known yet.
    public let total: Int

    public init(_ step: Step, done: Int = 0, total: Int = 0) {
        self.step = step
        self.done = done
        self.total = total
    }
}
