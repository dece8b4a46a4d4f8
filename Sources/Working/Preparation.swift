public import Settings
public import Vocabulary

/// What a worker found out about the inputs of a run, before anything is computed.
public struct Preparation: Hashable, Sendable, Codable {
    /// The daemon's settings with the model's own over them.
    public let settings: RunSettings
    /// The content of each input, in the order of `Triple.files`.
    public let digests: [ArtifactDigest]
    /// The samples beside the model; nil where there are none.
    public let samples: SampleFolder?

    /// Reads every input once.
    ///
    /// - Throws: `FormatError`, `ConfigurationError`, `ChangedFile`.
    init(_ triple: Triple, base: ModelSettings) throws {
        settings = try triple.settings.map { try ModelSettings($0.path, over: base) }?.run ?? base.run
        digests = try triple.files.map { file in
            let source = try file.open()
            let digest = try ArtifactDigest(of: source)
            guard source.isUnchanged else { throw ChangedFile(path: file.path) }
            return digest
        }
        samples = try SampleFolder(beside: triple)
    }
}
