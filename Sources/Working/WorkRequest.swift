public import Settings
public import Vocabulary

/// What the daemon asks of a worker. Each request is one line of JSON on the worker's standard input, and is answered
/// before the next one is sent.
public enum WorkRequest: Sendable, Codable {
    /// Comes first: what the worker may use up. Answered with `ready`.
    case begin(WorkerLimits)
    /// Are all bytes of the triple there? Answered with `inspected`.
    case inspect(Triple)
    /// What a model's own settings say, over the daemon's. Answered with `settings`.
    case settings(Triple.File, base: ModelSettings)
    /// Read and hash the inputs, and begin to hash the `.bin`. Answered with `prepared`.
    case prepare(Triple, base: ModelSettings)
    /// The content of this `.bin`. Answered with `digest`, as soon as it is known.
    case digest(of: Triple.File)
    /// Quantize and evaluate. Answered with `made`, perhaps after some `progress`.
    case make(WorkOrder)
}
