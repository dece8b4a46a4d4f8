public import Settings
public import Vocabulary

/// What a worker found out about the inputs of a run, before anything is computed.
public struct Preparation: Hashable, Sendable, Codable {
    /// The daemon's settings with the model's own over them.
    public let settings: RunSettings
    /// The content of each input but the `.bin`, in the order of `Triple.files`.
    public let digests: [ArtifactDigest]
    /// What is known of the `.bin` so far. Hashing weights takes longer than quantizing them, so it goes on beside it, and its
    /// end is asked for with `WorkRequest.digest`.
    public let bin: PartialDigest
    /// The samples beside the model; nil where there are none.
    public let samples: SampleFolder?

    /// Reads every input once, but of the `.bin` only pieces.
    ///
    /// - Throws: `FormatError`, `ConfigurationError`, `ChangedFile`.
    init(_ triple: Triple, base: ModelSettings) throws {
        settings = try triple.settings.map { try ModelSettings($0.path, over: base) }?.run ?? base.run
        digests = try triple.files.filter { $0 != triple.bin }.map { try $0.digest() }
        bin = try PartialDigest(of: triple.bin.open())
        samples = try SampleFolder(beside: triple)
    }
}
