public import Settings
public import Vocabulary

/// What a worker found out about the inputs of a run, before anything is computed.
public struct Preparation: Hashable, Sendable, Codable {
    /// What is known of the content of each input.
    public struct Digests: Hashable, Sendable, Codable {
        public let param: ArtifactDigest
        /// The whole `.bin` is hashed meanwhile, which takes longer than quantizing it; see `WorkRequest.digest`.
        public let bin: PartialDigest
        public let table: ArtifactDigest?
        public let settings: ArtifactDigest?
    }

    /// The daemon's settings with the model's own over them.
    public let settings: RunSettings
    public let digests: Digests
    /// The samples beside the model; nil where there are none.
    public let samples: SampleFolder?

    /// Reads every input once, but of the `.bin` only pieces.
    ///
    /// - Throws: `FormatError`, `ConfigurationError`, `ChangedFile`.
    init(_ triple: Triple, base: ModelSettings) throws {
        settings = try triple.settings.map { try ModelSettings($0.path, over: base) }?.run ?? base.run
        digests = Digests(
            param: try triple.param.digest(), bin: try triple.bin.read(PartialDigest.init),
            table: try triple.table?.digest(), settings: try triple.settings?.digest())
        samples = try SampleFolder(beside: triple)
    }
}
